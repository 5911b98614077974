/** Words that stay text without quotes, whoever reads the YAML. */
const plain = /^(?:[A-Za-z][A-Za-z0-9._@/+-]*|\d{1,3}(?:\.\d{1,3}){3})$/;
/** What YAML 1.1 or 1.2 reads as something else than text. */
const typed = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/** One line of text as a value in a YAML file: as it is where that is safe, else in double quotes. */
export function yamlScalar(text: string): string {
  return plain.test(text) && !typed.test(text) ? text : JSON.stringify(text);
}

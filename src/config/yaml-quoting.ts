/** Text that every YAML parser reads as text even without quotes. */
const plain = /^(?:[A-Za-z][A-Za-z0-9._@/+-]*|\d{1,3}(?:\.\d{1,3}){3})$/;
/** Words that YAML 1.1 or 1.2 reads as another type. */
const typed = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/** One line of text as a YAML value: unchanged if that is safe, otherwise in double quotes. */
export function yamlScalar(text: string): string {
  return plain.test(text) && !typed.test(text) ? text : JSON.stringify(text);
}

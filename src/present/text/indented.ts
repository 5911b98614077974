/** Every line that is not empty, moved to the right. */
export function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(spaces));
}

/** Without blank lines at the start and the end, and without the indentation that all lines have in common. */
export function outdented(text: string): string {
  const block = text.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd();
  const indents = block.match(/^ *(?=\S)/gm) ?? [];
  const common = Math.min(...indents.map((indent) => indent.length));
  return indents.length === 0 ? block : block.replace(new RegExp(`^ {${common}}`, "gm"), "");
}

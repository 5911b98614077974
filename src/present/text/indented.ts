/** Every line that is not empty, moved to the right. */
export function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(spaces));
}

/** Without blank lines at the start and the end, and without the indentation that all lines have in common. */
export function outdented(text: string): string {
  const block = text.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd();
  const lines = block.split("\n");
  const common = lines.reduce((least, line) => {
    const indent = line.search(/[^ ]/);
    return indent < 0 ? least : Math.min(least, indent);
  }, Number.POSITIVE_INFINITY);
  return lines.map((line) => line.slice(common)).join("\n");
}

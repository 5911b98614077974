/** What is known of a source in a line. A device often has the very name that reverse DNS has. */
export function eachOnce(...texts: readonly (string | undefined)[]): string {
  return [...new Set(texts)].filter((text) => text !== undefined).join(", ");
}

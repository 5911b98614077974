/**
 * Compares the output in a page with real output: times, addresses, numbers and fingerprints may differ, words and the
 * columns of tables must not.
 * @returns the lines of the page that are missing
 */
export function missingLines(shown: string, came: string): readonly string[] {
  const lines = came.split("\n").map(shapeOf);
  const missing: string[] = [];
  let rowsToCome: number | undefined;
  for (const line of shown.split("\n")) {
    const shape = shapeOf(line);
    if (shape === "" || shape === "...") continue;
    const at = shape.endsWith(" ...")
      ? lines.findIndex((other) => other.startsWith(shape.slice(0, -4)))
      : lines.indexOf(shape);
    if (at >= 0) {
      // Rows of a table depend on the network: there must be some.
      if (isTableHead(line)) rowsToCome = lines.slice(at + 1).filter((other) => other !== "").length;
      continue;
    }
    if (rowsToCome === undefined || rowsToCome <= 0) missing.push(line);
    else rowsToCome -= 1;
  }
  return missing;
}

function isTableHead(line: string): boolean {
  return /^\s*[A-Z][A-Z /-]*(?: {2,}[A-Z][A-Z /-]*)+\s*$/.test(line);
}

function shapeOf(line: string): string {
  return (
    line
      .replaceAll(/\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?/g, "T")
      // A span of less than a second is shown as one time.
      .replaceAll("T to T", "T")
      .replaceAll(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, "M")
      .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, "A")
      .replaceAll(/\b[0-9a-f]{12,}\b|\bt1[23][di]\w+\b/g, "F")
      .replaceAll(/\d[\d,.]*/g, "#")
      .replaceAll(/\s+/g, " ")
      .trim()
  );
}

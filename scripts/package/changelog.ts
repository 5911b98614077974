/**
 * The changelog's part about a version: the text under its heading (`## [1.2.0] - 2026-11-29`), without the heading.
 * https://keepachangelog.com/
 * @returns `undefined` if there is no such part, or an empty one
 */
export function sectionOf(version: string, changelog: string): string | undefined {
  const lines = changelog.split("\n");
  const start = lines.findIndex((line) => line === `## [${version}]` || line.startsWith(`## [${version}] `));
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith("## "));
  const text = (end < 0 ? rest : rest.slice(0, end)).join("\n").trim();
  return text === "" ? undefined : `${text}\n`;
}

import path from "node:path";
import { safeText } from "../../core/safe-text.ts";
import type { LocalTime } from "../../present/text/local-time.ts";

/** What common file systems allow for a name in bytes, less the time, the extension and a number. */
const labelBytes = 180;

/** Names that are devices on Windows, with any extension. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * `Network_Security_20240925_143022.txt`. White space and characters that are special to a file system, shell or terminal
 * become underscores, so that a label cannot leave the folder and every label has a file.
 */
export function reportFileName(label: string, at: number, time: LocalTime): string {
  const readable = [...label.slice(0, labelBytes)].map((each) => (safeText(each) === each ? each : "_")).join("");
  const safe = readable.replace(/[\s/\\:*?"<>|\p{C}]/gu, "_").replace(/^[.-]+/, (marks) => "_".repeat(marks.length));
  const stem = safe.split(".", 1)[0] ?? "";
  return `${withinBytes(device.test(stem) ? `_${safe}` : safe, labelBytes)}_${time.compact(at)}.txt`;
}

/**
 * `report.txt` unchanged, or `report_2.txt` if another report of this run has that name: two of one label in one second.
 * The name is shown to users, so it is decided before the file is written. Some file systems ignore case.
 * @param taken in lower case
 */
export function distinctName(name: string, taken: ReadonlySet<string>): string {
  const { name: stem, ext } = path.parse(name);
  let distinct = name;
  for (let number = 2; taken.has(distinct.toLowerCase()); number += 1) distinct = `${stem}_${number}${ext}`;
  return distinct;
}

function withinBytes(text: string, limit: number): string {
  let kept = "";
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > limit) break;
    kept += character;
  }
  return kept;
}

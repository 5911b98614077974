import path from "node:path";
import { safeText } from "../../core/safe-text.ts";
import type { LocalTime } from "../../present/text/local-time.ts";

/** Bytes of a file name on every common file system, less room for the time, the extension and a number. */
const labelBytes = 180;

/** Names that are devices on Windows, with any extension. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * `Network_Security_20240925_143022.txt`. Blanks and whatever some file system, shell or screen takes for something else
 * become underscores, so that a label can never leave the folder and every label has a file.
 */
export function reportFileName(label: string, at: number, time: LocalTime): string {
  const readable = [...label.slice(0, labelBytes)].map((each) => (safeText(each) === each ? each : "_")).join("");
  const safe = readable.replace(/[\s/\\:*?"<>|\p{C}]/gu, "_").replace(/^[.-]+/, (marks) => "_".repeat(marks.length));
  const stem = safe.split(".", 1)[0] ?? "";
  return `${withinBytes(device.test(stem) ? `_${safe}` : safe, labelBytes)}_${time.compact(at)}.txt`;
}

/**
 * `report.txt` as it is, and `report_2.txt` where another report of this run has that name: two of one label in one second.
 * The name is the one that is shown, so it is settled before the file is written. Some file systems know no capitals.
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

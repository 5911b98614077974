import type { Discovery } from "../../core/discovery.ts";
import { safeText } from "../../core/safe-text.ts";
import { portText } from "../hosts/every-port.ts";
import { indented, outdented } from "../text/indented.ts";
import { formatTime } from "../text/time-text.ts";
import { acknowledgedWords, endText, mutedWords } from "./attention-words.ts";
import { movedWords } from "./moved-words.ts";

/** Maximum length of the evidence of one discovery, in UTF-16 units. */
const outputLimit = 4000;

/** The history of an address, newest first. */
export function historyLines(history: readonly Discovery[]): string {
  const width = Math.max(0, ...history.map(({ kind }) => kind.length));
  return history
    .map(({ at, kind, port, watch, device, movedDevice, detail, evidence, mutedUntil, acknowledged, ended }) => {
      const none = device === undefined ? "port -" : "device";
      const where = port === undefined ? none : `port ${portText(port)}`;
      const what = detail === undefined || detail === "" ? "" : `  ${safeText(detail)}`;
      const moved = movedDevice === undefined ? "" : `  [${movedWords(movedDevice)}]`;
      const muted = mutedUntil === undefined ? "" : `  [${mutedWords}]`;
      const seen = acknowledged === undefined ? "" : `  [${acknowledgedWords(acknowledged)}]`;
      const over = ended === undefined ? "" : `  [${endText(ended, formatTime)}]`;
      const output = outdented(safeText(evidence ?? "", { multiline: true, limit: outputLimit }));
      const head = `${formatTime(at)}  ${kind.padEnd(width)}  ${where}  (${safeText(watch)})${what}${moved}${over}${muted}${seen}`;
      return output === "" ? head : `${head}\n${indented(output, 4)}`;
    })
    .join("\n");
}

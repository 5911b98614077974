import { checkNames } from "../../../core/check.ts";
import { safeText } from "../../../core/safe-text.ts";
import type { Evidence, Finding } from "../../../present/findings/finding.ts";
import { evidencePlace } from "../../../present/findings/finding-words.ts";
import { element, type Markup, text } from "../../../present/html-style.ts";
import { outdented } from "../../../present/text/indented.ts";

/** Maximum evidence shown for one host, in UTF-16 units. */
const evidenceLimit = 1_500;

/** Maximum markup for all evidence. */
const markupLimit = 24_000;

/** The output of checks and commands, host by host. */
export function evidenceCard(findings: readonly Finding[], whereToRead: string): Markup[] {
  const all = findings.flatMap(({ evidence }) => evidence);
  if (all.length === 0) return [];
  const shown: Markup[] = [];
  let used = 0;
  for (const evidence of all) {
    const block = evidenceBlock(evidence);
    used += block.length;
    if (shown.length > 0 && used > markupLimit) break;
    shown.push(block);
  }
  const missing = all.length - shown.length;
  const more = `and ${missing} more: ${whereToRead}`;
  return [
    element(
      "div",
      "card",
      element("h2", "heading", text("Output of checks")),
      ...shown,
      ...(missing === 0 ? [] : [element("p", "quiet", text(more))]),
    ),
  ];
}

function evidenceBlock({ address, port, text: output }: Evidence): Markup {
  const lines = outdented(safeText(output, { limit: evidenceLimit, multiline: true })).split("\n");
  const marked = lines.flatMap((each, index) => [...(index === 0 ? [] : [text("\n")]), evidenceLine(each)]);
  return element(
    "div",
    [],
    element("p", "place", text(evidencePlace(address, port))),
    element("pre", "evidence", ...marked),
  );
}

const checkLabel = new RegExp(`^(?:${checkNames.join("|")}):`);

/** A separate element for each line, so that wrapped lines are indented; a check's name at the beginning is bold. */
function evidenceLine(line: string): Markup {
  const label = checkLabel.exec(line)?.[0] ?? "";
  const rest = text(line.slice(label.length));
  return element("span", [], ...(label === "" ? [rest] : [element("strong", [], text(label)), rest]));
}

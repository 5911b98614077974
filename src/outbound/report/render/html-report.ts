/**
 * The HTML part of a mail: one column that reads well on a phone, in light and dark. What cannot wait stands first, what
 * checks printed last. It lists fewer findings than the text, because mail clients cut long pages (one of the largest at
 * 102 kB).
 */

import type { Finding } from "../../../present/findings/finding.ts";
import { type FindingGroup, groupFindings } from "../../../present/findings/finding-groups.ts";
import { approvalRemark, type DetailContext, detailContext } from "../../../present/findings/finding-words.ts";
import { firstScanRemark } from "../../../present/findings/first-scan.ts";
import { headlineOf, hiddenFindings } from "../../../present/findings/headline.ts";
import { type Report, type Section, totalsOf } from "../../../present/findings/report.ts";
import {
  doubtLines,
  failureLines,
  watchName,
  watchState,
  whereToReadThese,
} from "../../../present/findings/watch-words.ts";
import { element, htmlDocument, type Markup, type StyleName, text, wideRow } from "../../../present/html-style.ts";
import { capitalised } from "../../../present/text/capitalised.ts";
import { localTime } from "../../../present/text/local-time.ts";
import { line } from "../../../present/text/short-text.ts";
import { fairShares } from "../fair-shares.ts";
import { evidenceCard } from "./html-evidence.ts";
import { findingRow } from "./html-finding.ts";
import type { RenderedReport } from "./rendered-report.ts";

/** Markup that the findings may take on the whole page. What is around them, and evidence, need some, too. */
const findingMarkupLimit = 58_000;

export function renderHtml({ report, findings, subject }: RenderedReport): string {
  const time = localTime(report.timeZone);
  const context = detailContext(report, findings);
  const cards = groupCards(groupFindings(findings), context);
  return htmlDocument(
    subject,
    element(
      "div",
      "page",
      element("p", "kicker", text(line(report.label))),
      element("h1", "title", text(capitalised(headlineOf(report, findings)))),
      element("p", "muted", text(time.stamp(report.generatedAt))),
      element("div", "totals", ...stateBadges(report, findings)),
      ...doubtLines(report).map((said) => element("p", "muted", text(said))),
      ...cards.filter(({ isUrgent }) => isUrgent).map(({ card }) => card),
      ...failureCard(report),
      ...cards.filter(({ isUrgent }) => !isUrgent).map(({ card }) => card),
      ...leftOut(report, findings),
      ...evidenceCard(findings, report),
      ...watchesCard(report.sections),
      element("p", "footer", text(`Harbinger, report ${report.deliveryId}`)),
    ),
  );
}

/** Whether to read on, in one word. */
function stateBadges(report: Report, findings: readonly Finding[]): Markup[] {
  const { failures, partial } = totalsOf(report);
  const urgent = findings.filter(({ isUrgent }) => isUrgent).length;
  const badges: Markup[] = [];
  if (urgent > 0) badges.push(badge("bad", `${urgent} urgent`));
  if (failures > 0) badges.push(badge("bad", `${failures} ${failures === 1 ? "scan" : "scans"} failed`));
  if (partial > 0) badges.push(badge("warn", `${partial} ${partial === 1 ? "scan" : "scans"} incomplete`));
  const news = findings.length - urgent + hiddenFindings(report);
  if (news > 0) badges.push(badge("info", `${news}${urgent > 0 ? " other" : ""} ${news === 1 ? "change" : "changes"}`));
  return badges.length === 0 ? [badge("good", "Nothing new")] : badges;
}

function badge(look: StyleName, label: string): Markup {
  return element("span", ["badge", look], text(label));
}

function groupCards(groups: readonly FindingGroup[], context: DetailContext) {
  const shares = fairShares(
    groups.map(({ findings }) => findings.length),
    findingMarkupLimit,
  );
  return groups.map((group, index) => ({
    isUrgent: group.isUrgent,
    card: groupCard(group, shares[index] ?? 0, context),
  }));
}

function groupCard({ title, isUrgent, look, findings }: FindingGroup, share: number, context: DetailContext): Markup {
  const rows: Markup[] = [];
  let used = 0;
  for (const finding of findings) {
    const row = findingRow(finding, context);
    used += row.length;
    if (rows.length > 0 && used > share) break;
    rows.push(row);
  }
  const missing = findings.length - rows.length;
  const isFirstScan = title === "New" && findings.every((finding) => finding.isFirstScan);
  const approval = approvalRemark(findings, context);
  return element(
    "div",
    isUrgent ? ["card", "urgent"] : "card",
    element("h2", "heading", text(`${title} `), badge(look, String(findings.length))),
    ...(isFirstScan ? [element("p", "quiet", text(firstScanRemark))] : []),
    element("table", "hosts", ...rows),
    ...(approval === undefined ? [] : [element("p", "quiet", text(approval))]),
    ...(missing === 0 ? [] : [element("p", "quiet", text(`and ${missing} more in the text of this mail`))]),
  );
}

function leftOut(report: Report, findings: readonly Finding[]): Markup[] {
  const hidden = hiddenFindings(report);
  if (hidden === 0) return [];
  const more = `And ${hidden}${findings.length === 0 ? "" : " more"}: ${whereToReadThese(report)}`;
  return [element("p", "quiet", text(more))];
}

function failureCard(report: Report): Markup[] {
  const lines = report.sections.flatMap((section) => failureLines(section, report));
  if (lines.length === 0) return [];
  return [
    element(
      "div",
      "card",
      element("h2", "heading", text("Failed scans")),
      ...lines.map((said) => element("div", "failure", text(said))),
    ),
  ];
}

function watchesCard(all: readonly Section[]): Markup[] {
  const sections = all.filter(({ isOfDevices }) => isOfDevices !== true);
  if (sections.length === 0) return [];
  const rows = sections.flatMap((section) => [
    element(
      "tr",
      [],
      element("td", "watch", text(watchName(section))),
      element("td", "about", text(watchState(section))),
    ),
    ...section.notes.map((note) => wideRow("watchNote", text(line(note)))),
  ]);
  return [element("div", "card", element("h2", "heading", text("Watches")), element("table", "hosts", ...rows))];
}

/**
 * The HTML part of a mail: one column that is readable on a phone, with light and dark colours. Urgent findings come first,
 * the output of checks last. It lists fewer findings than the text, because mail clients cut long pages (Gmail at 102 kB).
 */

import type { FindingGroup } from "../../../present/findings/finding-groups.ts";
import { approvalRemark, type DetailContext } from "../../../present/findings/finding-words.ts";
import { firstScanRemark } from "../../../present/findings/first-scan.ts";
import { element, htmlDocument, type Markup, type StyleName, text, wideRow } from "../../../present/html-style.ts";
import { capitalised } from "../../../present/text/capitalised.ts";
import { fairShares } from "../fair-shares.ts";
import { leftOutRemark, type ReportModel } from "../report-model.ts";
import { evidenceCard } from "./html-evidence.ts";
import { findingRow } from "./html-finding.ts";

/** Maximum markup for all findings. The rest of the page, and evidence, need space as well. */
const findingMarkupLimit = 58_000;

export function renderHtml(model: ReportModel): string {
  const { report, findings, label, headline, time, doubts, groups, context, whereToRead } = model;
  const cards = groupCards(groups, context);
  return htmlDocument(
    model.subject,
    element(
      "div",
      "page",
      element("p", "kicker", text(label)),
      element("h1", "title", text(capitalised(headline))),
      element("p", "muted", text(time)),
      element("div", "totals", ...stateBadges(model)),
      ...doubts.map((doubt) => element("p", "muted", text(doubt))),
      ...cards.filter(({ isUrgent }) => isUrgent).map(({ card }) => card),
      ...failureCard(model),
      ...cards.filter(({ isUrgent }) => !isUrgent).map(({ card }) => card),
      ...leftOut(model),
      ...evidenceCard(findings, whereToRead),
      ...watchesCard(model),
      element("p", "footer", text(`Harbinger, report ${report.deliveryId}`)),
    ),
  );
}

/** A summary in a few words. */
function stateBadges({ totals: { failures, partial }, findings, hidden }: ReportModel): Markup[] {
  const urgent = findings.filter(({ isUrgent }) => isUrgent).length;
  const badges: Markup[] = [];
  if (urgent > 0) badges.push(badge("bad", `${urgent} urgent`));
  if (failures > 0) badges.push(badge("bad", `${failures} ${failures === 1 ? "scan" : "scans"} failed`));
  if (partial > 0) badges.push(badge("warn", `${partial} ${partial === 1 ? "scan" : "scans"} incomplete`));
  const news = findings.length - urgent + hidden;
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

function leftOut(model: ReportModel): Markup[] {
  const remark = leftOutRemark(model);
  return remark === undefined ? [] : [element("p", "quiet", text(remark))];
}

function failureCard({ failures }: ReportModel): Markup[] {
  if (failures.length === 0) return [];
  return [
    element(
      "div",
      "card",
      element("h2", "heading", text("Failed scans")),
      ...failures.map((failure) => element("div", "failure", text(failure))),
    ),
  ];
}

function watchesCard({ watches }: ReportModel): Markup[] {
  if (watches.length === 0) return [];
  const rows = watches.flatMap(({ name, state, notes }) => [
    element("tr", [], element("td", "watch", text(name)), element("td", "about", text(state))),
    ...notes.map((note) => wideRow("watchNote", text(note))),
  ]);
  return [element("div", "card", element("h2", "heading", text("Watches")), element("table", "hosts", ...rows))];
}

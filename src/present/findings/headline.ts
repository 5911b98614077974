/** A report in one line, for subjects and titles: urgent findings first; a single host is named. */

import { findingEntry, findingKinds } from "../../core/discovery-kinds.ts";
import { safeText } from "../../core/safe-text.ts";
import { listWithin, shortText } from "../text/short-text.ts";
import type { Finding } from "./finding.ts";
import { afterAbsence, deviceWords, endpointWords, hostWords, phraseOf } from "./finding-words.ts";
import { isOfFirstScan } from "./first-scan.ts";
import { countsPorts, isNewHostOrDevice, isOver, nounOfFinding } from "./kind-words.ts";
import { leftOut, type Report, totalsOf } from "./report.ts";

const headlineLimit = 200;
const listLimit = 100;

/** Subjects should not be longer than this. */
const glanceLimit = 110;

/**
 * `1 exposed, 2 new hosts, 1 host gone`; a single finding is named: `1 new host: 192.168.50.66`. If everything comes from a
 * first scan, it begins with that: `first scan: 1 exposed, 14 new devices`. At most 200 UTF-16 units.
 */
export function headlineOf(report: Report, findings: readonly Finding[]): string {
  return shortText(uncutHeadline(report, findings), headlineLimit);
}

function uncutHeadline(report: Report, findings: readonly Finding[]): string {
  const hidden = hiddenFindings(report);
  const isFirst = isOfFirstScan(report, findings);
  const groups = findingPhrases(findings, { hidden, isFirst });
  const failed = failedPhrases(report, findings.length + hidden === 0);
  const phrases = [
    ...groups.filter(({ isUrgent }) => isUrgent),
    ...failed,
    ...groups.filter(({ isUrgent }) => !isUrgent),
  ];
  const { partial } = totalsOf(report);
  const incomplete = partial === 0 ? [] : [`${partial} ${partial === 1 ? "scan" : "scans"} incomplete`];
  if (phrases.length + hidden > 0) {
    const text = [...joined(phrases, hidden), ...incomplete].join(", ");
    return isFirst ? `first scan: ${text}` : text;
  }
  return incomplete.length > 0 ? `nothing new in what was scanned (${incomplete.join("")})` : nothingNewPhrase(report);
}

interface Phrase {
  readonly text: string;
  readonly isUrgent: boolean;
  /** How many findings it stands for. */
  readonly count: number;
}

/** The phrases that fit, and the number of the findings behind the others. */
function joined(phrases: readonly Phrase[], hidden: number): string[] {
  const shown: string[] = [];
  let missing = hidden;
  let length = 0;
  for (const phrase of phrases) {
    length += phrase.text.length + 2;
    if (shown.length > 0 && (length > glanceLimit || missing > hidden)) missing += phrase.count;
    else shown.push(phrase.text);
  }
  if (missing === 0) return shown;
  return [...shown, shown.length === 0 ? `${missing} findings` : `${missing} more`];
}

function findingPhrases(
  findings: readonly Finding[],
  { hidden, isFirst }: { readonly hidden: number; readonly isFirst: boolean },
): Phrase[] {
  const [only] = findings;
  if (only !== undefined && findings.length === 1 && hidden === 0) {
    return [{ text: aloneInHeadline(only), isUrgent: only.isUrgent, count: 1 }];
  }
  const groups = [...Map.groupBy(findings, phraseKey).values()];
  const named = hidden === 0 ? namedPhrases(groups) : undefined;
  if (named !== undefined) return named;
  const urgent = findings.filter(({ isUrgent }) => isUrgent).length;
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    // A single urgent finding is named even among others.
    if (first.isUrgent && urgent === 1) return [{ text: aloneInHeadline(first), isUrgent: true, count: 1 }];
    const isAlone = groups.length === 1 && hidden === 0;
    const names = isAlone ? `: ${listWithin(group.map(nameIn), listLimit)}` : "";
    return [{ text: `${countedGroup(first, group, isFirst)}${names}`, isUrgent: first.isUrgent, count: group.length }];
  });
}

/** What can no longer be urgent is counted apart; of other types it is of no matter here whether they are over. */
function phraseKey(finding: Finding): string {
  return `${nounOfFinding(finding, 1)} ${finding.isUrgent}`;
}

/** A few findings of different types, each with its host; `undefined` if that would be too long. */
function namedPhrases(groups: readonly (readonly Finding[])[]): Phrase[] | undefined {
  const phrases: Phrase[] = [];
  for (const [only, ...others] of groups) {
    if (only === undefined || others.length > 0) return undefined;
    phrases.push({ text: aloneInHeadline(only), isUrgent: only.isUrgent, count: 1 });
  }
  return phrases.reduce((sum, { text }) => sum + text.length + 2, 0) <= glanceLimit ? phrases : undefined;
}

/** `1 new port on 192.168.50.10 (nas): 8080`. */
function aloneInHeadline(finding: Finding): string {
  const { isUncounted, over } = findingEntry(finding.type);
  // The noun of a type that can end tells it.
  const end = isOver(finding) && over === undefined ? ", gone since then" : "";
  const phrase = `${phraseOf(finding, "short")}${end}`;
  return isUncounted === true ? phrase : `${countsPorts(finding.type) ? finding.ports.length : 1} ${phrase}`;
}

/** @param isFirst the headline already begins with "first scan" */
function countedGroup(first: Finding, group: readonly Finding[], isFirst: boolean): string {
  const { type } = first;
  const count = countsPorts(type) ? group.reduce((sum, { ports }) => sum + ports.length, 0) : group.length;
  const isFirstScan = !isFirst && isNewHostOrDevice(first) && group.every((finding) => finding.isFirstScan);
  const after =
    group.length === 1 ? afterAbsence(first) : first.isUrgent && first.absentMs !== undefined ? " after long" : "";
  return `${count} ${nounOfFinding(first, count)}${after}${isFirstScan ? " in the first scan" : ""}`;
}

function nameIn(finding: Finding): string {
  const { subject } = findingEntry(finding.type);
  if (subject === "device") return deviceWords(finding, "short");
  return subject === "host" ? hostWords(finding) : endpointWords(finding);
}

function failedPhrases({ sections }: Report, isAlone: boolean): Phrase[] {
  const failed = sections.filter(({ failures }) => failures.total > 0);
  const count = failed.reduce((sum, { failures }) => sum + failures.total, 0);
  if (count === 0) return [];
  const names = failed.map(({ watch }) => shortText(watch, 60));
  const text = `${count} ${count === 1 ? "scan" : "scans"} failed${isAlone ? `: ${listWithin(names, listLimit)}` : ""}`;
  return [{ text, isUrgent: false, count }];
}

/** `nothing new (3 watches, 41 open ports)`. */
function nothingNewPhrase({ sections }: Report): string {
  const ran = sections.filter(({ status, isOfDevices }) => status !== "not-run" && isOfDevices !== true);
  if (ran.length === 0) return "nothing new";
  const sighted = ran.reduce((sum, section) => sum + (section.sighted ?? 0), 0);
  const watches = `${ran.length} ${ran.length === 1 ? "watch" : "watches"}`;
  return `nothing new (${watches}, ${sighted} open ${sighted === 1 ? "port" : "ports"})`;
}

/** How many discoveries a report leaves out. */
export function hiddenFindings({ sections }: Report): number {
  return sections.reduce(
    (sum, { findings }) => sum + findingKinds.reduce((left, kind) => left + leftOut(findings[kind]), 0),
    0,
  );
}

/** `Harbinger (Home): ` and the headline. */
export function plainSubject(report: Report, headline: string): string {
  return `Harbinger (${safeText(report.label, { limit: 200 })}): ${headline}`;
}

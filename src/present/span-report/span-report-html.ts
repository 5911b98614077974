/**
 * The page of `harbinger report --html`: one file without scripts and without anything that is loaded, for readers who do not know the program.
 * Every list has a bound, so the page has one: 4 MB.
 */
import type { DeliverySummary } from "../../core/delivery.ts";
import type { StoredCertificate } from "../../core/examination.ts";
import { wasStopped } from "../../core/stopped.ts";
import { issuerOf, nameOf, shownWhere } from "../certificates/certificate-words.ts";
import { endsSentence } from "../certificates/expiry-words.ts";
import { acknowledgedWords, mutedWords } from "../discoveries/attention-words.ts";
import type { Finding } from "../findings/finding.ts";
import { type FindingGroup, groupFindings } from "../findings/finding-groups.ts";
import { endLines, foundLines, lineOf, portsWords } from "../findings/finding-words.ts";
import { isOfDevice } from "../findings/kind-words.ts";
import { grouped } from "../text/grouped.ts";
import { plural } from "../text/plural.ts";
import { shortText } from "../text/short-text.ts";
import { briefTime, formatTime } from "../text/time-text.ts";
import { type Html, table, tag, words } from "./html.ts";
import { connectionSection } from "./span-connections-html.ts";
import { expiringMs, maxRows, type SpanReport, type SpanWatch } from "./span-report.ts";
import { spanReportStyle } from "./span-report-style.ts";

/** Lines of each group of findings. */
const maxLines = 150;
const dayMs = 86_400_000;

export function spanReportHtml(report: SpanReport): string {
  const title = `Network report for ${report.computer}`;
  const body = tag(
    "main",
    {},
    tag("h1", {}, words(title)),
    tag("p", { class: "faint" }, words(`${spanWords(report)}. Times are in ${report.timeZone}.`)),
    tiles(report),
    networkSection(report),
    connectionSection(report),
    scanSection(report),
    deliverySection(report),
    certificateSection(report),
    footer(report),
  );
  const head = [
    tag("meta", { charset: "utf-8" }),
    // Whatever a program makes of the file: it runs nothing and loads nothing.
    tag("meta", { "http-equiv": "Content-Security-Policy", content: "default-src 'none'; style-src 'unsafe-inline'" }),
    tag("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    tag("meta", { name: "color-scheme", content: "light dark" }),
    tag("title", {}, words(`${title}, ${spanWords(report)}`)),
    `<style>${spanReportStyle}</style>`,
  ];
  return `<!DOCTYPE html>\n<html lang="en">\n<head>\n${head.join("\n")}\n</head>\n<body>\n${body}</body>\n</html>\n`;
}

function spanWords({ since, until }: SpanReport): string {
  return `${formatTime(since).slice(0, 16)} to ${formatTime(until).slice(0, 16)}`;
}

interface Tile {
  readonly name: string;
  readonly count: number;
  /** Of a count that is not zero. */
  readonly look?: "bad" | "warn";
  readonly more?: string | undefined;
}

function tiles({ findings, connections, watches, deliveries, certificates }: SpanReport): Html {
  const groups = new Map(groupFindings(findings).map((group) => [group.title, group.findings]));
  const urgent = groups.get("Urgent") ?? [];
  const open = urgent.filter(({ muted, acknowledged }) => muted !== "all" && acknowledged?.of !== "all").length;
  const scans = watches.reduce((sum, { scans: { complete, partial, failed } }) => sum + complete + partial + failed, 0);
  const all: readonly Tile[] = [
    { name: "Urgent findings", count: open, look: "bad", more: handledWords(urgent.length - open) },
    { name: "New", count: groups.get("New")?.length ?? 0 },
    { name: "Gone", count: groups.get("Gone")?.length ?? 0 },
    { name: "Connections to decoys", count: connections.total },
    { name: "Scans", count: scans },
    { name: "Messages not delivered", count: deliveries.failed, look: "bad" },
    { name: "Certificates to renew", count: certificates.length, look: "warn" },
  ];
  return tag(
    "dl",
    { class: "tiles" },
    all.map(({ name, count, look, more }) =>
      tag(
        "div",
        {},
        tag("dt", {}, words(name)),
        tag("dd", { class: count > 0 ? look : undefined }, words(grouped(count))),
        more === undefined ? undefined : tag("dd", { class: "more" }, words(more)),
      ),
    ),
  );
}

/** Of urgent findings that need nobody's attention any more. */
function handledWords(count: number): string | undefined {
  return count === 0 ? undefined : `and ${grouped(count)} acknowledged or muted`;
}

function networkSection({ findings, firstScans, areFindingsCut, watches }: SpanReport): Html {
  const groups = groupFindings(findings);
  const isIncomplete = watches.some(({ scans: { partial, failed }, stopped }) => partial - stopped + failed > 0);
  const isStopped = watches.some(({ stopped }) => stopped > 0);
  return tag(
    "section",
    {},
    tag("h2", {}, words("What changed on the network")),
    firstScanPart(firstScans),
    groups.length === 0 ? tag("p", {}, words(nothingChanged(watches))) : undefined,
    isIncomplete && groups.length > 0
      ? tag("p", { class: "warn" }, words("Some scans were not complete, so there may be more: see “Scans” below."))
      : undefined,
    isStopped && !isIncomplete && groups.length > 0
      ? tag("p", { class: "faint" }, words("Some scans were stopped before their end: see “Scans” below."))
      : undefined,
    areFindingsCut
      ? tag("p", { class: "warn" }, words("More was found than fits into this report: these are the latest findings."))
      : undefined,
    groups.flatMap(groupPart),
  );
}

function firstScanPart({ hosts, ports, devices }: SpanReport["firstScans"]): Html | undefined {
  const found = [
    ports > 0 ? `${plural(ports, "open port")} on ${plural(hosts, "host")}` : "",
    devices > 0 ? plural(devices, "device") : "",
  ].filter((part) => part !== "");
  if (found.length === 0) return undefined;
  return tag("p", {}, words(`First scans in this time found ${found.join(" and ")}. These are not listed below.`));
}

/** "Nothing" needs scans that looked. */
function nothingChanged(watches: readonly SpanWatch[]): string {
  if (watches.length === 0) return "Nothing is known: no scan ran in this time.";
  const isWhole = watches.every(
    ({ scans: { partial, failed, abandoned }, stopped }) => partial - stopped + failed + abandoned === 0,
  );
  if (!isWhole) return "Nothing changed in what was scanned, but not all scans were complete: see “Scans” below.";
  return watches.some(({ stopped }) => stopped > 0)
    ? "Nothing changed in what was scanned; some scans were stopped before their end: see “Scans” below."
    : "Nothing changed in what was scanned.";
}

function groupPart({ title, findings, look }: FindingGroup): readonly Html[] {
  const shown = findings.slice(0, maxLines);
  return [
    tag("h3", { class: look === "info" ? undefined : look }, words(`${title} (${grouped(findings.length)})`)),
    tag(
      "ul",
      {},
      shown.map((finding) =>
        tag("li", {}, words(findingText(finding), 400), when(finding), over(finding), attention(finding)),
      ),
      findings.length > shown.length
        ? tag("li", {}, words(`and ${grouped(findings.length - shown.length)} more`))
        : undefined,
    ),
  ];
}

function findingText(finding: Finding): string {
  const ports = isOfDevice(finding) ? portsWords(finding, "full") : undefined;
  const line = isOfDevice(finding) ? lineOf(finding, "short") : lineOf(finding, "full");
  return [ports === undefined ? line : `${line}, ${ports}`, ...foundLines(finding)].join(": ");
}

function when({ at }: Finding): Html {
  return tag("span", { class: "faint" }, words(`, ${briefTime(at)}`));
}

function over(finding: Finding): readonly Html[] {
  return endLines(finding, briefTime).map((end) => tag("span", { class: "good" }, words(`, ${end}`, 300)));
}

/** In the words of the pages. */
function attention({ muted, acknowledged }: Finding): readonly Html[] {
  const partly = (of: "all" | "some") => (of === "some" ? "partly " : "");
  return [
    ...(muted === undefined ? [] : [tag("span", { class: "warn" }, words(`, ${partly(muted)}${mutedWords}`))]),
    ...(acknowledged === undefined
      ? []
      : [tag("span", { class: "good" }, words(`, ${partly(acknowledged.of)}${acknowledgedWords(acknowledged)}`, 300))]),
  ];
}

function scanSection({ watches }: SpanReport): Html {
  const shown = watches.slice(0, maxRows);
  const left = watches.length - shown.length;
  return tag(
    "section",
    {},
    tag("h2", {}, words("Scans")),
    watches.length === 0
      ? tag("p", { class: "warn" }, words("No scan ran in this time: new and missing machines are not known."))
      : undefined,
    watches.length === 0
      ? undefined
      : tag(
          "p",
          { class: "faint" },
          words(
            "What is new or gone is only known of what a scan really probed. An incomplete scan may have missed something.",
            300,
          ),
        ),
    watches.length === 0
      ? undefined
      : table(
          "Scans by watch",
          [
            { title: "Watch", cell: ({ name }) => words(name, 100) },
            { title: "Complete", isNumber: true, cell: ({ scans }) => words(grouped(scans.complete)) },
            {
              title: "Incomplete",
              isNumber: true,
              cell: ({ scans, stopped }) => notGood(scans.partial - stopped, "warn"),
            },
            { title: "Stopped", isNumber: true, cell: ({ stopped }) => words(grouped(stopped)) },
            { title: "Failed", isNumber: true, cell: ({ scans }) => notGood(scans.failed + scans.abandoned, "bad") },
            { title: "Last scan", cell: lastScan },
          ],
          shown,
          "stacked",
        ),
    left > 0 ? tag("p", {}, words(`and ${plural(left, "further watch", "further watches")}`)) : undefined,
  );
}

function notGood(count: number, look: "bad" | "warn"): Html {
  return count === 0 ? words("0") : tag("span", { class: look }, words(grouped(count)));
}

function lastScan({ last, trouble }: SpanWatch): Html {
  const how = {
    complete: "complete",
    partial: "incomplete",
    failed: "failed",
    abandoned: "cut off",
    running: "running",
  };
  const coverage = last.coverage === undefined ? "" : `; probed ${last.coverage}`;
  const found = last.status === "complete" || last.status === "partial" ? `; ${plural(last.sighted, "open port")}` : "";
  return tag(
    "span",
    {},
    words(
      `${briefTime(last.startedAt)}, ${wasStopped(last.reason) ? "stopped" : how[last.status]}${found}${shortText(coverage, 160)}`,
      400,
    ),
    trouble === undefined
      ? undefined
      : tag("span", { class: "faint" }, words(`. Why the last incomplete one ended: ${trouble}`, 300)),
  );
}

function deliverySection({ deliveries: { sent, waiting, failed, failures } }: SpanReport): Html {
  const sentence = [
    `${plural(sent, "report or alert", "reports and alerts")} sent`,
    waiting > 0 ? `${grouped(waiting)} waiting` : "",
  ];
  return tag(
    "section",
    {},
    tag("h2", {}, words("Reports and alerts")),
    tag("p", {}, words(`${sentence.filter((part) => part !== "").join(", ")}.`)),
    failed === 0 ? undefined : tag("p", { class: "bad" }, words(`${grouped(failed)} could not be delivered.`)),
    failures.length === 0
      ? undefined
      : table<DeliverySummary>(
          "The latest that could not be delivered",
          [
            { title: "Subject", cell: ({ message, label }) => words(message?.subject ?? label) },
            { title: "By", cell: ({ channel }) => words(channel, 40) },
            { title: "Created", cell: ({ createdAt }) => words(briefTime(createdAt)) },
            { title: "Why", cell: ({ lastError }) => words(lastError ?? "", 300) },
          ],
          failures.slice(0, maxRows),
          "stacked",
        ),
  );
}

function certificateSection({ certificates, generatedAt }: SpanReport): Html {
  const days = expiringMs / dayMs;
  const shown = certificates.slice(0, maxRows);
  const left = certificates.length - shown.length;
  return tag(
    "section",
    {},
    tag("h2", {}, words("Certificates")),
    certificates.length === 0
      ? tag("p", {}, words(`No certificate that is known expires within ${days} days.`))
      : table<StoredCertificate>(
          `Expired, or within ${days} days`,
          [
            { title: "Certificate", cell: (certificate) => words(nameOf(certificate)) },
            {
              title: "Ends",
              cell: ({ validTo }) =>
                tag(
                  "span",
                  { class: validTo <= generatedAt ? "bad" : "warn" },
                  words(endsSentence(validTo, generatedAt)),
                ),
            },
            { title: "Shown on", cell: (certificate) => words(shownWhere(certificate)) },
            { title: "Issued by", cell: (certificate) => words(issuerOf(certificate)) },
          ],
          shown,
          "stacked",
        ),
    left > 0 ? tag("p", {}, words(`and ${grouped(left)} more`)) : undefined,
  );
}

function footer({ generatedAt, version, connections: { countries } }: SpanReport): Html {
  const map = countries.length === 0 ? "" : " The map is made with Natural Earth.";
  const made = `Made ${formatTime(generatedAt)} by Harbinger ${version}.${map}`;
  return tag("footer", {}, tag("p", {}, words(made)));
}

/** How the scan of each watch went, in words. */
import { formatPorts, type Port } from "../../core/ports.ts";
import { type LocalTime, localTime } from "../text/local-time.ts";
import { line, shortText } from "../text/short-text.ts";
import { type FailureReason, leftOutFailures, type Report, type Section } from "./report.ts";

/** `lan-web (Web, ports 80,443)`. */
export function watchName({ watch, portLabel, ports }: Section): string {
  const label = portLabel === undefined || portLabel === "" ? [] : [shortText(portLabel, 100)];
  const about = ports.length === 0 ? ["no longer configured"] : [...label, portsText(ports)];
  return `${line(watch)} (${about.join(", ")})`;
}

/** `ports 80,443`; for a long list the number: `99 ports`. */
function portsText(ports: readonly Port[]): string {
  const list = formatPorts(ports);
  return list.length > 60 ? `${ports.length} ports` : `${ports.length === 1 ? "port" : "ports"} ${list}`;
}

/** `41 open ports`, `scan failed`. */
export function watchState(section: Section): string {
  const { status, sighted, firstScan } = section;
  const first = firstScan ? "first scan, " : "";
  const open = sighted === undefined ? "" : `${sighted} open ${sighted === 1 ? "port" : "ports"}`;
  switch (status) {
    case "complete":
      return `${first}${open === "" ? "complete" : open}`;
    case "partial":
      return `${first}only partly scanned: ${partialReason(section)}`;
    case "failed":
      return "scan failed, so hosts that are gone are not reported";
    case "not-run":
      return "not scanned in this run";
  }
}

/** `lan-web: no route to host (3 times, 2026-01-01 00:00:00 to ...)`, one line for each reason. */
export function failureLines({ watch, failures }: Section, report: Report): string[] {
  const time = localTime(report.timeZone);
  const name = line(watch);
  const missing = leftOutFailures(failures);
  return [
    ...failures.reasons.map((failure) => {
      const when = whenFailed(failure, time);
      return `${name}: ${line(failure.reason)}${when === "" ? "" : ` (${when})`}`;
    }),
    ...(missing === 0 ? [] : [`${name}: ${missing} more, see ${whereToReadThese(report)}`]),
  ];
}

/** When it failed, unless it was one scan of this run: follows the reason. */
export function whenFailed(failure: FailureReason, time: LocalTime): string {
  if (failure.count > 1) {
    return `${failure.count} times, ${time.stamp(failure.firstAt)} to ${time.stamp(failure.lastAt)}`;
  }
  return failure.current ? "" : time.stamp(failure.lastAt);
}

export function partialReason(section: Section): string {
  return section.reason === undefined || section.reason === "" ? "no reason given" : line(section.reason);
}

/** Why new findings may not be hosts at all; one line for each watch. */
export function doubtLines({ sections }: Report): string[] {
  return sections.flatMap(({ watch, doubt, findings }) =>
    doubt === undefined || findings.new.total === 0 ? [] : [`${line(watch)}: ${line(doubt)}`],
  );
}

/** The command that lists every finding of a report. */
export function whereToReadThese({ deliveryId }: Pick<Report, "deliveryId">): string {
  return `harbinger reports show ${deliveryId} --all`;
}

/** The command that shows what a report leaves out. */
export function whereToReadAll(report: Pick<Report, "deliveryId">): string {
  return `harbinger reports show ${report.deliveryId}`;
}

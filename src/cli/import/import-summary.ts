import type { ImportTally } from "../../core/import-store.ts";
import { safeText } from "../../core/safe-text.ts";
import { titleOf } from "../../import/format.ts";
import type { DataFormat, FileReading } from "../../import/gather-file.ts";
import type { Gathered } from "../../import/gathered.ts";
import type { MergeResult } from "../../import/merge-gathered.ts";
import { grouped } from "../../present/text/grouped.ts";
import { plural } from "../../present/text/plural.ts";
import { formatTime } from "../../present/text/time-text.ts";

/** What was read from one file. */
export interface ReadFile extends FileReading {
  readonly path: string;
  readonly format: DataFormat;
}

/** Examples of each kind in a dry run. */
const examplesShown = 3;

export function fileLine({ path, format, records, faultCount }: ReadFile): string {
  const faults = faultCount === 0 ? "" : `; ${plural(faultCount, "record")} could not be read`;
  return `${safeText(path)}: ${titleOf(format)}, ${plural(records, "record")}${faults}`;
}

/** `scan.xml, line 12: ...`, and how many more there are. */
export function faultLines({ path, faults, faultCount }: ReadFile): readonly string[] {
  const lines = faults.map(({ where, reason }) => `${safeText(path)}, ${where}: ${reason}`);
  const left = faultCount - faults.length;
  return left > 0 ? [...lines, `${safeText(path)}: ${grouped(left)} more like these`] : lines;
}

export function resultLines(
  result: MergeResult,
  { isTrial, isForOne }: { readonly isTrial: boolean; readonly isForOne: boolean },
): readonly string[] {
  const { services, devices, connections, unwatched } = result;
  const lines = [
    ...tallyLine("Services", services),
    ...(unwatched === 0
      ? []
      : [
          `  ${plural(unwatched, "service")} ${isForOne ? "outside this watch: stored, but not added to a watch" : "outside all watches: stored, and added to a watch that starts later"}`,
        ]),
    ...tallyLine("Devices", devices),
    ...tallyLine("Connections", connections),
    ...[services, devices].flatMap(conflictLines),
  ];
  if (lines.length === 0) return ["Nothing to import."];
  return isTrial ? ["This is what an import would do:", ...lines] : lines;
}

function tallyLine(title: string, { added, merged, unchanged, leftOut }: ImportTally): readonly string[] {
  if (added + merged + unchanged + leftOut === 0) return [];
  const parts = [
    `${grouped(added)} new`,
    `${grouped(merged)} updated`,
    `${grouped(unchanged)} unchanged`,
    ...(leftOut === 0 ? [] : [`${grouped(leftOut)} left out: the device limit is reached`]),
  ];
  return [`${title}: ${parts.join(", ")}`];
}

function conflictLines({ conflicts, conflictCount }: ImportTally): readonly string[] {
  const lines = conflicts.map(({ subject, field, stored, imported, kept }) => {
    const keeps = kept === "stored" ? "the stored one is kept" : "the imported one is newer and is used";
    return `Different ${field} of ${subject}: stored ${safeText(stored)}, imported ${safeText(imported)}; ${keeps}`;
  });
  const left = conflictCount - conflicts.length;
  return left > 0 ? [...lines, `${grouped(left)} more differences like these`] : lines;
}

/** The first records of each kind as they would be stored, under a heading. */
export function exampleLines(gathered: Gathered): readonly string[] {
  const [services = []] = gathered.services(examplesShown);
  const [devices = []] = gathered.devices(examplesShown);
  const [connections = []] = gathered.connections(examplesShown);
  if (services.length + devices.length + connections.length === 0) return [];
  return [
    `The first ${examplesShown} records of each kind:`,
    ...services.map(({ address, port, firstSeen, lastSeen, service }) =>
      exampleLine(`service ${address} port ${port}`, firstSeen, lastSeen, [
        service?.name,
        service?.product,
        service?.version,
      ]),
    ),
    ...devices.map(({ mac, firstSeen, lastSeen, name, names, vendor, approved }) =>
      exampleLine(`device ${mac}`, firstSeen, lastSeen, [
        name ?? names[0]?.name,
        vendor,
        approved ? "approved" : undefined,
      ]),
    ),
    ...connections.map(({ peer, local, at, identification }) =>
      exampleLine(`connection from ${peer.address} to port ${local.port}`, at, at, [identification.protocol]),
    ),
  ];
}

function exampleLine(what: string, first: number, last: number, more: readonly (string | undefined)[]): string {
  const times = first === last ? formatTime(first) : `${formatTime(first)} to ${formatTime(last)}`;
  const rest = more.filter((part) => part !== undefined).map((part) => safeText(part, { limit: 100 }));
  return `  ${[what, times, ...rest].join(", ")}`;
}

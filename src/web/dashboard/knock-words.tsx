/** What rows about connections show. */
import type { Identification } from "../../core/identification.ts";
import { describeIdentification } from "../../present/connections/identification-words.ts";
import { Badge, Foreign, OnNarrow, Time } from "./parts.tsx";
import { link } from "./router.ts";
import { NarrowSourceDevice, NarrowSourceMark, SourceCell } from "./source-words.tsx";
import type { Column } from "./table.tsx";
import type { ConnectionJson } from "./types.ts";

export function summaryOf(connection: ConnectionJson): string {
  // The JSON contains the identification as it is.
  return describeIdentification(connection as unknown as Identification);
}

export function placeOf({ origin }: ConnectionJson): string {
  return placeOfOrigin(origin);
}

export function placeOfOrigin(origin: ConnectionJson["origin"]): string {
  return [origin?.city, origin?.country ?? origin?.countryCode, origin?.organization ?? origin?.provider]
    .filter((part) => part !== undefined)
    .join(", ");
}

/** A mute of its source covered it. */
export function MutedKnock({ connection }: { readonly connection: ConnectionJson }) {
  return connection.mutedUntil === undefined ? null : <Badge tone="warn">muted, no alert</Badge>;
}

export const knockColumns: readonly Column<ConnectionJson>[] = [
  {
    title: "Time",
    width: "time",
    narrow: { line: 1, part: "first" },
    cell: ({ time, id }) => (
      <a href={link(["knocks", id])}>
        <Time iso={time} />
      </a>
    ),
  },
  {
    title: "From",
    width: "source",
    narrow: { line: 2 },
    cell: ({ peer, known, device, approved, sharedBy }) => (
      <SourceCell address={peer.address} known={known} device={device} approved={approved} sharedBy={sharedBy} />
    ),
  },
  {
    title: "Known",
    isOnlyNarrow: true,
    width: "own",
    narrow: { line: 1, part: "middle" },
    cell: ({ peer, known, device, approved, sharedBy }) => (
      <NarrowSourceMark address={peer.address} known={known} device={device} approved={approved} sharedBy={sharedBy} />
    ),
  },
  {
    title: "Port",
    width: "port",
    narrow: { line: 3, part: "end" },
    cell: ({ local }) => (
      <>
        <OnNarrow>port </OnNarrow>
        {local.port}
      </>
    ),
  },
  {
    title: "Protocol",
    width: "narrow",
    narrow: { line: 1, part: "end" },
    cell: (row) => (
      <>
        <Badge>{row.protocol}</Badge>
        {row.mutedUntil === undefined ? null : <Badge tone="warn">muted</Badge>}
      </>
    ),
  },
  {
    title: "What",
    narrow: { line: 3, part: "start" },
    cell: (row) => (
      <>
        <NarrowSourceDevice address={row.peer.address} device={row.device} />
        <Foreign text={summaryOf(row)} limit={160} />
      </>
    ),
  },
  { title: "Place", width: "wide", cell: (row) => <Foreign text={placeOf(row)} limit={80} /> },
];

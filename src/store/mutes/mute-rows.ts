import { type RawBuilder, type Selectable, sql } from "kysely";
import type { Mac } from "../../core/device.ts";
import type { DiscoveryKind } from "../../core/discovery-kinds.ts";
import type { Mute, MuteTarget } from "../../core/mute.ts";
import { addressFromKey, addressKey } from "../keys/address-key.ts";
import type { Tables } from "../tables.ts";

export type MuteRow = Selectable<Tables["mutes"]>;

/** The columns that say what is muted. */
type TargetColumns = Pick<MuteRow, "kind" | "first" | "last" | "port" | "mac">;

export function targetColumns(target: MuteTarget): TargetColumns {
  const { kind } = target;
  const none = { first: null, last: null, port: null, mac: null };
  switch (kind) {
    case "host":
      return { ...none, kind, first: addressKey(target.address), port: target.port ?? null };
    case "device":
      return { ...none, kind, mac: target.mac };
    case "source":
      return { ...none, kind, first: addressKey(target.first), last: addressKey(target.last) };
  }
}

/** @returns `undefined` for a kind of a later version */
export function toMute(row: MuteRow): Mute | undefined {
  const target = targetOf(row);
  if (target === undefined) return undefined;
  return {
    id: row.id,
    target,
    note: row.note,
    by: row.muted_by,
    ...timesOf(row),
  };
}

/** From when to when it covers what happens. */
export function timesOf(
  row: Pick<MuteRow, "created_at" | "until" | "ended_by">,
): Pick<Mute, "createdAt" | "until" | "endedBy"> {
  return { createdAt: row.created_at, until: row.until, endedBy: row.ended_by ?? undefined };
}

function targetOf({ kind, first, last, port, mac }: TargetColumns): MuteTarget | undefined {
  if (kind === "host" && first !== null)
    return { kind, address: addressFromKey(first), ...(port === null ? {} : { port }) };
  // Only `parseMac` makes what is written to this column.
  if (kind === "device" && mac !== null) return { kind, mac: mac as Mac };
  if (kind === "source" && first !== null && last !== null)
    return { kind, first: addressFromKey(first), last: addressFromKey(last) };
  return undefined;
}

/** Kinds of discoveries, for `in (...)`. */
export function kindList(kinds: readonly DiscoveryKind[]): RawBuilder<unknown> {
  return sql.join(kinds.map((kind) => sql.lit(kind)));
}

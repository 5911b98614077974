import type { Connection } from "../../core/connection.ts";
import type { SourceHolder, StoredConnection } from "../../core/connection-store.ts";
import type { Mac } from "../../core/device.ts";

/** The contract of `harbinger listen --json`, `harbinger connections --json` and the file `logging.connections`. */
export function connectionJson(
  connection: Connection & Pick<StoredConnection, "origin" | "mutedUntil" | "isKnown" | "holder">,
) {
  const { id, listener, at, peer, local, via, end, durationMs, bytes, phase, payload, identification, origin } =
    connection;
  const { mutedUntil, isKnown, holder } = connection;
  return {
    time: new Date(at).toISOString(),
    peer,
    local,
    ...(via === undefined ? {} : { via }),
    bytes,
    ...identification,
    phase,
    end,
    durationMs,
    payload: Buffer.from(payload).toString("base64"),
    ...(origin === undefined || Object.keys(origin).length === 0 ? {} : { origin }),
    ...(mutedUntil === undefined ? {} : { mutedUntil: new Date(mutedUntil).toISOString() }),
    ...(isKnown === undefined ? {} : { known: isKnown }),
    ...holderJson(holder),
    listener,
    id,
  };
}

/** The device of an own network that had the address of a source when it connected, or all that can have been it. */
export function holderJson(holder: SourceHolder | undefined): {
  readonly device?: string;
  readonly approved?: boolean;
  readonly mac?: Mac;
  readonly sharedBy?: readonly Mac[];
} {
  if (holder === undefined) return {};
  const { macs, name, approved } = holder;
  const [mac, ...others] = macs;
  if (mac === undefined) return {};
  if (others.length > 0) return { approved: false, sharedBy: macs };
  return { ...(name === undefined ? {} : { device: name }), approved, mac };
}

import type { Connection } from "../../core/connection.ts";
import type { SourceHolder, StoredConnection } from "../../core/connection-store.ts";

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

/** The device of an own network that has the address of a source now. */
export function holderJson(holder: SourceHolder | undefined): {
  readonly device?: string;
  readonly approved?: boolean;
} {
  if (holder === undefined) return {};
  const { name, approved } = holder;
  return name === undefined ? { approved } : { device: name, approved };
}

import type { Connection } from "../../core/connection.ts";
import type { StoredConnection } from "../../core/connection-store.ts";

/** The contract of `harbinger listen --json`, `harbinger connections --json` and the file `logging.connections`. */
export function connectionJson(connection: Connection & Pick<StoredConnection, "origin" | "mutedUntil" | "isKnown">) {
  const { id, listener, at, peer, local, via, end, durationMs, bytes, phase, payload, identification, origin } =
    connection;
  const { mutedUntil, isKnown } = connection;
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
    listener,
    id,
  };
}

import type { Kysely, Selectable } from "kysely";
import type { ConnectionQuery, StoredConnection } from "../core/connection-store.ts";
import { type Identification, protocolNames } from "../core/identification.ts";
import { addressFromKey, addressKey, lastAddressKey } from "./address-key.ts";
import { parseOrigin } from "./origin-text.ts";
import type { Tables } from "./tables.ts";

/** A page of connections, newest first, each with the latest that is known of its peer. */
export async function selectConnections(
  reader: Kysely<Tables>,
  query: ConnectionQuery,
): Promise<readonly StoredConnection[]> {
  const { since, until, peer, port, protocol, before } = query;
  let select = reader
    .selectFrom("connections as c")
    .leftJoin("origins as o", "o.address", "c.peer")
    .selectAll("c")
    .select("o.origin");
  if (since !== undefined) select = select.where("c.at", ">=", since);
  if (until !== undefined) select = select.where("c.at", "<", until);
  if (peer !== undefined) {
    const first = addressKey(peer.first);
    const last = lastAddressKey(peer.last);
    // Equality lets the index give the order too.
    select =
      Buffer.compare(first, last) === 0
        ? select.where("c.peer", "=", first)
        : select.where("c.peer", ">=", first).where("c.peer", "<=", last);
  }
  if (port !== undefined) select = select.where("c.local_port", "=", port);
  if (protocol !== undefined) select = select.where("c.protocol", "=", protocol);
  if (before !== undefined) {
    // The first half is what an index can use.
    select = select
      .where("c.at", "<=", before.at)
      .where((build) => build.or([build("c.at", "<", before.at), build("c.id", "<", before.id)]));
  }
  const rows = await select.orderBy("c.at", "desc").orderBy("c.id", "desc").limit(query.limit).execute();
  return rows.map(toConnection);
}

type ConnectionRow = Selectable<Tables["connections"]> & { readonly origin: string | null };

function toConnection(row: ConnectionRow): StoredConnection {
  return {
    id: row.id,
    listener: row.listener,
    at: row.at,
    peer: { address: addressFromKey(row.peer), port: row.peer_port },
    local: { address: addressFromKey(row.local), port: row.local_port },
    ...(row.via === null || row.via_port === null
      ? {}
      : { via: { address: addressFromKey(row.via), port: row.via_port } }),
    end: row.ending,
    durationMs: row.duration_ms,
    bytes: row.bytes,
    // A copy: drivers give views of their own buffers.
    payload: new Uint8Array(row.payload),
    phase: row.phase,
    identification: parseIdentification(row.identification),
    ...(row.origin === null ? {} : { origin: parseOrigin(row.origin) }),
  };
}

function parseIdentification(text: string): Identification {
  try {
    const value: unknown = JSON.parse(text);
    if (isIdentification(value)) return value;
  } catch {
    // Damaged: the connection counts all the same.
  }
  return { protocol: "unknown", complete: false };
}

const knownProtocols: ReadonlySet<unknown> = new Set(protocolNames);

/** Only this program writes the column: what tells whether it is whole is looked at, not every field. */
function isIdentification(value: unknown): value is Identification {
  return (
    typeof value === "object" &&
    value !== null &&
    "protocol" in value &&
    knownProtocols.has(value.protocol) &&
    "complete" in value &&
    typeof value.complete === "boolean"
  );
}

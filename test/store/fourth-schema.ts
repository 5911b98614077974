import assert from "node:assert/strict";
import type { Store } from "../../src/core/store.ts";
import { addressKey } from "../../src/store/keys/address-key.ts";
import { connection, record } from "./inbound-sample.ts";
import { address, start } from "./sample.ts";

/**
 * A connection as the fourth version stored it: the payload was in its own row.
 * @param bytes a literal of the database for bytes in hexadecimal digits
 */
export function fourthSchemaRows(bytes: (hex: string) => string): string {
  const peer = bytes(Buffer.from(addressKey(address("192.0.2.7"))).toString("hex"));
  return `insert into connections (id, at, listener, peer, peer_port, local, local_port, ending, duration_ms, bytes,
      phase, protocol, identification, payload)
    values ('old', ${start - 1}, 'decoy', ${peer}, 4711, ${peer}, 22, 'heard', 1.5, 4, 'client-first', 'redis',
      '{"protocol":"redis","complete":true}', ${bytes("00ff410a")})`;
}

/** Verifies that it is unchanged, counted, and pruned when it is due. */
export async function checkFourthSchema(store: Store): Promise<void> {
  const total = await record(store, [connection("new", { at: start })], []);
  const [newer, older] = (await store.connections.list({ limit: 9 })).rows;
  assert.deepEqual(newer, connection("new", { at: start }));
  assert.deepEqual(older?.identification, { protocol: "redis", complete: true });
  assert.deepEqual(older?.payload, Uint8Array.of(0, 255, 65, 10));
  assert.equal(older?.peer.address, "192.0.2.7");
  assert.ok(total > 600 && total < 2000, `${total} bytes`);
  assert.equal(await store.connections.prune({ keepAtMost: 1 }), 1);
  const left = await record(store, [], []);
  assert.ok(left < total - 256, `${left} of ${total} bytes`);
  assert.equal(await store.connections.prune({ keepAtMost: 0 }), 1);
  assert.equal(await record(store, [], []), 0);
}

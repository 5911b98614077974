import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type net from "node:net";
import { describe, test } from "node:test";
import { Decoy, readAll } from "./decoy.ts";

/** Loopback addresses, a different one for each number. */
function source(number: number): string {
  return `127.${3 + (number >> 16)}.${(number >> 8) & 255}.${1 + (number & 127)}`;
}

/** A number of connections, limited in parallel, each from the next address. */
async function connectMany(count: number, atOnce: number, connect: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const client = async () => {
    while (next < count) await connect(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, client));
}

const behaviours: readonly ((socket: net.Socket) => void)[] = [
  (socket) => socket.write(randomBytes(1 + Math.floor(Math.random() * 3000))),
  (socket) => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
  (socket) => socket.once("connect", () => socket.resetAndDestroy()),
  (socket) => socket.end(),
  (socket) => socket.write("SSH-2.0-x\r\n"),
  (socket) => {
    const drip = () => {
      if (!socket.destroyed) socket.write("P", () => setImmediate(drip));
    };
    drip();
  },
];

describe("a decoy under a flood", () => {
  test("every connection is counted, whatever clients do, and accepting continues", async () => {
    const decoy = await Decoy.start({ capture: { client_time: "200ms", banner_time: "200ms" } });
    await connectMany(3000, 60, async (number) => {
      const socket = decoy.dial({ localAddress: source(number) });
      behaviours[number % behaviours.length]?.(socket);
      await readAll(socket);
    });
    await readAll(decoy.dial());
    await decoy.stop();
    const { accepted, recorded, countedOnly, open, acceptFailures } = decoy.counters;
    assert.equal(open, 0);
    assert.equal(acceptFailures, 0);
    assert.equal(recorded, decoy.connections.length);
    assert.equal(accepted, recorded + countedOnly);
    assert.ok(accepted <= 3001 && accepted >= 2500, `${accepted} of 3001 accepted`);
    assert.equal(new Set(decoy.connections.map(({ id }) => id)).size, recorded);
  });

  test("silent clients that hold every place do not stop the counting, and places become free again", async () => {
    const decoy = await Decoy.start({ limits: { connections: 50 }, capture: { client_time: "400ms" } });
    const holders = Array.from({ length: 50 }, (_, number) => decoy.dial({ localAddress: source(number) }));
    const heldOpen = Promise.all(holders.map(readAll));
    while (decoy.counters.open < 50) await new Promise((resolve) => setImmediate(resolve));
    await connectMany(500, 50, async (number) => {
      await readAll(decoy.dial({ localAddress: source(1000 + number) }));
    });
    await heldOpen;
    const after = decoy.dial();
    after.write("GET / HTTP/1.0\r\n\r\n");
    await readAll(after);
    await decoy.stop();
    const { accepted, recorded, countedOnly } = decoy.counters;
    assert.equal(accepted, 551);
    assert.equal(recorded + countedOnly, 551);
    assert.equal(decoy.connections.at(-1)?.identification.protocol, "http");
    const counted = decoy.rejected.reduce((sum, { count }) => sum + count, 0);
    assert.equal(counted, countedOnly);
  });
});

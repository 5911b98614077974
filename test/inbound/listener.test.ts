import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { describe, test } from "node:test";
import { silentLog } from "../../src/core/log.ts";
import { Listener } from "../../src/inbound/listen/listener.ts";
import { shareDescriptors } from "../../src/inbound/listen/share-descriptors.ts";
import { systemClock, systemRandom } from "../../src/platform/system-clock.ts";
import { Decoy, readAll } from "./decoy.ts";

const slow = { capture: { client_time: "30s" } };

describe("accepting connections on a decoy", () => {
  test("the second connection from one address is closed at once if only one is allowed, and recorded", async () => {
    await using decoy = await Decoy.start({ ...slow, limits: { per_address: 1 } });
    const first = await decoy.connect();
    await readAll(decoy.dial());
    const connection = await decoy.one();
    assert.equal(connection.end, "over-limit");
    assert.equal(connection.peer.address, "127.0.0.1");
    const elsewhere = await decoy.connect({ localAddress: "127.0.0.2" });
    elsewhere.end();
    assert.equal((await decoy.seen(2))[1]?.end, "client-closed");
    first.end();
    await decoy.seen(3);
    (await decoy.connect()).end("x");
    assert.notEqual((await decoy.seen(4))[3]?.end, "over-limit");
  });

  test("new connections are closed while all places are taken, and accepted again once one is free", async () => {
    await using decoy = await Decoy.start({ ...slow, limits: { connections: 2 } });
    const inside = [await decoy.connect(), await decoy.connect()];
    await readAll(decoy.dial());
    assert.equal((await decoy.one()).end, "over-limit");
    assert.equal(decoy.counters.open, 2);
    inside[0]?.end();
    await decoy.seen(2);
    const later = await decoy.connect();
    later.write("GET / HTTP/1.0\r\n\r\n");
    await readAll(later);
    assert.equal((await decoy.seen(3))[2]?.identification.protocol, "http");
    inside[1]?.destroy();
  });

  test("past the first few, rejected connections are counted instead of recorded, and each is counted", async () => {
    const decoy = await Decoy.start({ ...slow, limits: { per_address: 1 } });
    const first = await decoy.connect();
    for (let count = 0; count < 25; count++) await readAll(decoy.dial());
    await decoy.stop();
    first.destroy();
    assert.equal(decoy.connections.filter(({ end }) => end === "over-limit").length, 10);
    assert.deepEqual(decoy.rejected, [
      {
        listener: "decoy",
        localPort: decoy.rejected[0]?.localPort,
        aborted: false,
        network: "127.0.0.0/24",
        count: 15,
      },
    ]);
    const { accepted, overLimit, countedOnly, recorded } = decoy.counters;
    assert.deepEqual(
      { accepted, overLimit, countedOnly, recorded },
      {
        accepted: 26,
        overLimit: 25,
        countedOnly: 15,
        recorded: 11,
      },
    );
  });

  test("IPv4 clients of a socket for both families are IPv4 clients", async (t) => {
    let decoy: Decoy;
    try {
      decoy = await Decoy.start({ host: "::" });
    } catch {
      t.skip("no IPv6 here");
      return;
    }
    await using _ = decoy;
    (await decoy.connect()).end("GET / HTTP/1.0\r\n\r\n");
    const four = await decoy.one();
    assert.deepEqual([four.peer.address, four.local.address], ["127.0.0.1", "127.0.0.1"]);
    (await decoy.connect({ host: "::1" })).end("GET / HTTP/1.0\r\n\r\n");
    const six = (await decoy.seen(2))[1];
    assert.deepEqual([six?.peer.address, six?.local.address], ["::1", "::1"]);
  });

  test("every connection has its own number, in order of arrival", async () => {
    await using decoy = await Decoy.start();
    for (let count = 0; count < 40; count++) (await decoy.connect()).end("GET / HTTP/1.0\r\n\r\n");
    const ids = (await decoy.seen(40)).toSorted((a, b) => a.at - b.at).map(({ id }) => id);
    assert.equal(new Set(ids).size, 40);
    assert.equal(ids.toSorted()[0], ids[0]);
  });

  test("a closed listener refuses connections", async () => {
    const decoy = await Decoy.start();
    const { port } = decoy;
    await decoy.stop();
    const socket = net.connect({ port, host: "127.0.0.1" });
    const [error] = await once(socket, "error");
    assert.equal(error.code, "ECONNREFUSED");
  });

  test("limits are lowered in proportion to the limit on open files", () => {
    const reception = { take() {}, rejected() {}, close() {} };
    const make = (connections: number) =>
      new Listener({
        settings: { name: "x", hosts: [], ports: [], limits: { connections, perAddress: 1 }, trustedProxies: [] },
        reception,
        clock: systemClock,
        random: systemRandom,
        log: silentLog,
        onRejected() {},
      });
    const listeners = [make(10_000), make(30_000)];
    shareDescriptors(listeners, { limit: 100_000, open: 100 }, silentLog);
    assert.deepEqual(
      listeners.map((listener) => listener.connectionLimit),
      [10_000, 30_000],
    );
    shareDescriptors(listeners, { limit: 4228, open: 100 }, silentLog);
    assert.deepEqual(
      listeners.map((listener) => listener.connectionLimit),
      [1000, 3000],
    );
    assert.throws(() => shareDescriptors(listeners, { limit: 200, open: 150 }, silentLog), { code: "config" });
  });
});

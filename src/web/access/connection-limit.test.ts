import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { describe, test } from "node:test";
import { until } from "../../../test/web/running-web.ts";
import { ConnectionLimit } from "./connection-limit.ts";

interface Client {
  readonly socket: net.Socket;
  /** The code of the error with which it ended; `end` without one. */
  readonly end: () => string | undefined;
}

async function limitedServer() {
  const server = http.createServer(() => {});
  const lags = new Map<number | undefined, number>();
  let crowded = 0;
  const limit = new ConnectionLimit(server, {
    max: 6,
    maxPerNetwork: 3,
    isShared: (address) => address === "127.0.0.9",
    laggingMs: ({ remotePort }) => lags.get(remotePort) ?? 0,
    onCrowded: () => (crowded += 1),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const place = server.address();
  assert.ok(typeof place === "object" && place !== null);
  const clients: Client[] = [];
  const connect = async (localAddress: string, count: number, bytes = ""): Promise<readonly Client[]> => {
    const some: Client[] = [];
    for (let index = 0; index < count; index += 1) {
      const accepted = once(server, "connection");
      const socket = net.connect({ port: place.port, host: "127.0.0.1", localAddress });
      let end: string | undefined;
      socket.on("error", (error: NodeJS.ErrnoException) => (end = error.code)).on("close", () => (end ??= "end"));
      const served = bytes === "" ? undefined : once(server, "request");
      if (bytes !== "") socket.write(bytes);
      await accepted;
      await served;
      some.push({ socket, end: () => end });
    }
    clients.push(...some);
    return some;
  };
  const dispose = async () => {
    for (const { socket } of clients) socket.destroy();
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const counted = () =>
    new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  const lag = (client: Client | undefined, ms: number) => void lags.set(client?.socket.localPort, ms);
  return { connect, counted, lag, limit, crowded: () => crowded, [Symbol.asyncDispose]: dispose };
}

const request = "GET / HTTP/1.1\r\nHost: here\r\n\r\n";
const ends = (clients: readonly Client[]) => clients.map(({ end }) => end());

describe("connections of one network", () => {
  test("have a limit of their own: the oldest of them that asks for nothing is reset", async () => {
    await using server = await limitedServer();
    const others = await server.connect("127.0.0.2", 2);
    const own = await server.connect("127.0.0.3", 5);
    await until("two are reset", () => own.filter(({ end }) => end() !== undefined).length === 2);
    assert.deepEqual(ends(own), ["ECONNRESET", "ECONNRESET", undefined, undefined, undefined]);
    assert.deepEqual(ends(others), [undefined, undefined]);
  });

  test("are not replaced while they are answered: the new one is reset", async () => {
    await using server = await limitedServer();
    const answered = await server.connect("127.0.0.3", 3, request);
    const [late] = await server.connect("127.0.0.3", 1);
    await until("it is reset", () => late?.end() !== undefined);
    assert.equal(late?.end(), "ECONNRESET");
    assert.deepEqual(ends(answered), [undefined, undefined, undefined]);
    answered[0]?.socket.destroy();
    await until("it is gone", async () => (await server.counted()) === 2);
    const [again] = await server.connect("127.0.0.3", 1, request);
    assert.equal(again?.end(), undefined);
  });

  test("have none where many clients share the address, except that of all", async () => {
    await using server = await limitedServer();
    const shared = await server.connect("127.0.0.9", 6);
    assert.deepEqual(new Set(ends(shared)), new Set([undefined]));
    await server.connect("127.0.0.2", 1);
    await until("the oldest is reset", () => shared[0]?.end() !== undefined);
    assert.deepEqual(ends(shared), ["ECONNRESET", ...Array.from({ length: 5 }, () => undefined)]);
  });
});

describe("where all connections are in use", () => {
  test("a new one replaces the one that lags behind the most, in the network that has the most", async () => {
    await using server = await limitedServer();
    const many = await server.connect("127.0.0.3", 3, request);
    const some = await server.connect("127.0.0.4", 2, request);
    const single = await server.connect("127.0.0.5", 1, request);
    for (const [at, ms] of [4000, 6000, 9000].entries()) server.lag(many[at], ms);
    for (const client of [...some, ...single]) server.lag(client, 60_000);
    const [owner] = await server.connect("127.0.0.6", 1, request);
    await until("one is reset", () => many[2]?.end() !== undefined);
    const [second] = await server.connect("127.0.0.7", 1, request);
    await until("another is", () => [...many, ...some].filter(({ end }) => end() !== undefined).length === 2);
    assert.deepEqual(ends(many), [undefined, undefined, "ECONNRESET"]);
    assert.deepEqual(ends(some).toSorted(), ["ECONNRESET", undefined]);
    assert.deepEqual(ends([...single, ...(owner ? [owner] : []), ...(second ? [second] : [])]), [
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("those that read what they get are kept, and so is what a network with fewer has", async () => {
    await using server = await limitedServer();
    const reading = await server.connect("127.0.0.3", 3, request);
    const waiting = await server.connect("127.0.0.4", 1);
    const lagging = await server.connect("127.0.0.5", 2, request);
    server.lag(lagging[0], 60_000);
    const own = await server.connect("127.0.0.3", 1);
    await until("the new one is reset, as its network is full", () => own[0]?.end() !== undefined);
    const late = await server.connect("127.0.0.6", 1, request);
    await until("the idle one is replaced", () => waiting[0]?.end() !== undefined);
    const second = await server.connect("127.0.0.6", 1, request);
    await until("the one that lags is", () => lagging[0]?.end() !== undefined);
    const [third] = await server.connect("127.0.0.6", 1);
    await until("the last one is not let in", () => third?.end() !== undefined);
    assert.deepEqual(new Set(ends([...reading, ...late, ...second, ...lagging.slice(1)])), new Set([undefined]));
  });

  test("the readers are looked at more often, from three quarters on", async () => {
    await using server = await limitedServer();
    await server.connect("127.0.0.3", 3);
    await server.connect("127.0.0.4", 1);
    assert.equal(server.limit.isCrowded, false);
    await server.connect("127.0.0.4", 2);
    assert.equal(server.limit.isCrowded, true);
    assert.equal(server.crowded(), 1);
  });
});

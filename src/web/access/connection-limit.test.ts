import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { describe, test } from "node:test";
import { until } from "../../../test/web/running-web.ts";
import { limitConnections } from "./connection-limit.ts";

interface Client {
  readonly socket: net.Socket;
  /** The code of the error with which it ended; `end` without one. */
  readonly end: () => string | undefined;
}

async function limitedServer() {
  const server = http.createServer(() => {});
  limitConnections(server, { max: 6, maxPerNetwork: 3, isShared: (address) => address === "127.0.0.9" });
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
  return { connect, counted, [Symbol.asyncDispose]: dispose };
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

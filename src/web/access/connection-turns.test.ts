import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { describe, test } from "node:test";
import { ConnectionTurns } from "./connection-turns.ts";

const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`;

async function servedInTurns(handler: http.RequestListener) {
  const read: string[] = [];
  const server = http.createServer(new ConnectionTurns(handler).serve);
  server.on("request", ({ url = "" }) => read.push(url));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const clients: net.Socket[] = [];
  const connect = async () => {
    const client = net.connect(port, "127.0.0.1").on("error", () => {});
    clients.push(client);
    await Promise.all([once(client, "connect"), once(server, "connection")]);
    return client;
  };
  const dispose = async () => {
    for (const client of clients) client.destroy();
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { read, connect, [Symbol.asyncDispose]: dispose };
}

/** Resolves with what has come when the connection ends, or `count` answers have come. */
async function answers(client: net.Socket, count: number): Promise<string> {
  let received = "";
  client.setEncoding("latin1").resume();
  await new Promise<void>((resolve) => {
    client.once("close", () => resolve());
    client.on("data", (text: string) => {
      received += text;
      if (received.split("HTTP/1.1 ").length > count) resolve();
    });
  });
  return received;
}

describe("requests that a client sends before it reads an answer", () => {
  test("do not delay those of other connections, however quickly they are answered", async () => {
    const begun: string[] = [];
    const begin = Promise.withResolvers<void>();
    await using server = await servedInTurns(({ url = "" }, response) => {
      begun.push(url);
      begin.resolve();
      // A request that takes a millisecond of the processor.
      for (const end = performance.now() + 1; performance.now() < end; );
      response.end("done");
    });
    const [many, other] = [await server.connect(), await server.connect()];
    const all = answers(many, 80);
    many.write(ask("/many").repeat(80));
    await begin.promise;
    other.write(ask("/other"));
    await answers(other, 1);
    assert.ok(begun.indexOf("/other") < 79, `${begun.indexOf("/other")} were served before it`);
    assert.equal((await all).split("HTTP/1.1 200").length, 81);
  });

  test("end the connection where they are too many, and those behind are not even read", async () => {
    await using server = await servedInTurns(() => {});
    const flood = await server.connect();
    // One piece, as the system hands it over.
    flood.write(ask("/").repeat(1000));
    await once(flood, "close");
    assert.ok(server.read.length >= 512 && server.read.length <= 520, `${server.read.length} requests were read`);
  });

  test("leave nothing behind for the connections that come next", async () => {
    await using server = await servedInTurns((_request, response) => response.end("done"));
    for (let round = 0; round < 3; round += 1) {
      const flood = await server.connect();
      flood.write(ask("/").repeat(1000));
      await once(flood.resume(), "close");
      const next = await server.connect();
      next.write(ask("/").repeat(20));
      assert.equal((await answers(next, 20)).split("HTTP/1.1 200").length, 21);
      next.destroy();
    }
  });
});

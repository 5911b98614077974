/** A program that stood still for longer than a client may take for its request: the client is not to blame for that. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs";
import type http from "node:http";
import net from "node:net";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../../src/platform/system-clock.ts";
import { BoundedServer } from "../../src/web/bounded-server.ts";
import { statusOf } from "./attacked-web.ts";
import { until } from "./running-web.ts";

/** Longer than headers may take. */
const pauseMs = 13_000;
const start = "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n";
const requests = [
  { name: "all of it", bytes: `${start}\r\nabcde`, status: 200 },
  { name: "another one before", bytes: `GET / HTTP/1.1\r\nHost: here\r\n\r\n${start}\r\nabcde`, status: 200 },
  { name: "only some headers", bytes: start, status: 408 },
] as const;

/** Stops this thread. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

async function bodyOf(request: http.IncomingMessage): Promise<string> {
  let body = "";
  for await (const piece of request) body += String(piece);
  return body;
}

describe("after a pause of the program", () => {
  test("who had sent a request gets an answer, and who had not is told so", async () => {
    const bounding = new BoundedServer(() => true);
    const stopped = new AbortController();
    const bodies: string[] = [];
    const server = bounding.create(undefined, (request, response) => {
      void bodyOf(request).then((body) => {
        bodies.push(body);
        response.end();
      });
    });
    server.on("clientError", (error: Error, socket: net.Socket) => bounding.answerUnreadable(error, socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const place = server.address();
    assert.ok(typeof place === "object" && place !== null);
    void bounding.follow(place.port, systemClock, stopped.signal);
    const clients = await Promise.all(
      requests.map(async ({ bytes }) => {
        const accepted = once(server, "connection");
        const socket = net.connect(place.port, "127.0.0.1").on("error", () => {});
        let text = "";
        socket.setEncoding("latin1").on("data", (more: string) => (text += more));
        await Promise.all([accepted, once(socket, "connect")]);
        return { socket, bytes, text: () => text };
      }),
    );
    // Some bytes first, so that the time of the request has begun when the program stops.
    for (const { socket, bytes } of clients) socket.write(bytes.slice(0, 10));
    await delay(100);
    // Among what the system tells of files and connections: after that the timers follow, before anything else is read.
    readFile(import.meta.filename, () => {
      for (const { socket, bytes } of clients) socket.write(bytes.slice(10));
      pause(pauseMs);
    });
    await until("answers", () => clients.every(({ text }) => text().includes("\r\n\r\n")), 20_000);
    assert.deepEqual(
      clients.map(({ text }) => statusOf(text())),
      requests.map(({ status }) => status),
    );
    await until("all bodies", () => bodies.length === 3);
    assert.deepEqual(bodies.toSorted(), ["", "abcde", "abcde"]);
    for (const { socket } of clients) socket.destroy();
    stopped.abort();
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  });
});

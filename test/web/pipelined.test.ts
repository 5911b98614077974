/** Clients that ask more on a connection while the answer before is still on its way. */
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { apiServer } from "./api-server.ts";
import { AttackedWeb, answersIn, memoryOf, readToken, statusOf } from "./attacked-web.ts";
import { fillLongList } from "./long-list.ts";
import { until } from "./running-web.ts";
import { slowStore } from "./slow-store.ts";

const skip = process.platform !== "linux" && "reads the memory from /proc";
const bearer = { Authorization: `Bearer ${readToken}` };

function asking(web: AttackedWeb, path: string, more = ""): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${web.host}\r\nAuthorization: Bearer ${readToken}\r\n${more}\r\n`;
}

/** Writes `bytes` again and again until the program takes no more, or `max` bytes. @returns how many it took */
async function pour(socket: net.Socket, bytes: string, max: number): Promise<number> {
  const piece = Buffer.from(bytes);
  while (!socket.destroyed && socket.bytesWritten < max) {
    if (socket.write(piece)) continue;
    const before = socket.writableLength;
    await Promise.race([once(socket, "drain"), once(socket, "close"), delay(2000)]).catch(() => {});
    if (socket.writableLength >= before) break;
  }
  return socket.bytesWritten - socket.writableLength;
}

describe("requests that are sent before the answer to an earlier one has come", () => {
  test("are served one after the other on a connection, and those of other connections meanwhile", async () => {
    await using slow = await slowStore();
    await using server = await apiServer(slow.store);
    const socket = net.connect(Number(new URL(server.url).port), "127.0.0.1").on("error", () => {});
    let received = "";
    socket.setEncoding("latin1").on("data", (text: string) => (received += text));
    socket.write("GET /api/v1/connections HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(50));
    await until("the first is served", () => slow.reads.all === 1);
    const others = [1, 2].map(() => server.get("/api/v1/connections"));
    await until("others are served", () => slow.reads.now === 3);
    assert.equal(slow.reads.all, 3);
    slow.release();
    await until("all answers", () => answersIn(received) === 50);
    for (const other of others) assert.equal((await other).status, 200);
    assert.equal(slow.reads.most, 3);
    socket.destroy();
  });

  test("behind an event stream are not served, take no memory, and end nobody else's", { skip }, async (t) => {
    await using web = await AttackedWeb.start({}, { prepare: fillLongList });
    assert.equal((await web.ask("GET /api/v1/connections?limit=100", bearer)).status, 200);
    const before = memoryOf(web.pid);
    const sockets = [];
    for (let index = 0; index < 8; index += 1) {
      const socket = web.connect();
      let received = "";
      socket.setEncoding("latin1").on("data", (text: string) => (received += text));
      socket.write(asking(web, "/api/v1/events"));
      await until("the stream has begun", () => received.includes("\r\n\r\n"));
      assert.equal(statusOf(received), 200);
      assert.match(received, /\r\nconnection: close\r\n/i);
      sockets.push({ socket, answers: () => answersIn(received) });
    }
    const taken = await Promise.all(
      sockets.map(({ socket }) => pour(socket, asking(web, "/api/v1/connections?limit=100").repeat(20), 20 * 2 ** 20)),
    );
    assert.equal((await web.ask("GET /api/v1/connections?limit=100", bearer)).status, 200);
    const growth = memoryOf(web.pid) - before;
    t.diagnostic(`${Math.round(growth / 2 ** 20)} MiB more; taken: ${taken.join(", ")} bytes`);
    assert.ok(growth < 100 * 2 ** 20, `${growth} bytes`);
    for (const { answers } of sockets) assert.equal(answers(), 1, "nothing but the stream");
    for (const { socket } of sockets) socket.destroy();
  });

  test("that ask for long answers which are not read take no more memory than one of them", { skip }, async (t) => {
    await using web = await AttackedWeb.start({}, { prepare: fillLongList });
    const list = "/api/v1/connections?limit=1000";
    assert.equal((await web.ask(`GET ${list}`, bearer)).status, 200);
    const before = memoryOf(web.pid);
    const sockets = Array.from({ length: 4 }, () => web.connect());
    for (const socket of sockets) socket.write(asking(web, list).repeat(60));
    let most = 0;
    for (let look = 0; look < 20; look += 1) {
      assert.equal((await web.ask("GET /healthz")).status, 200);
      most = Math.max(most, memoryOf(web.pid) - before);
      await delay(250);
    }
    t.diagnostic(`${Math.round(most / 2 ** 20)} MiB more`);
    assert.ok(most < 150 * 2 ** 20, `${most} bytes`);
    for (const socket of sockets) socket.destroy();
  });

  test("get no answer in the middle of another one when they cannot be read", async () => {
    await using web = await AttackedWeb.start({}, { prepare: fillLongList });
    const socket = web.connect();
    let received = "";
    socket.setEncoding("latin1").on("data", (text: string) => (received += text));
    socket.write(asking(web, "/api/v1/connections?format=csv"));
    await until("the export has begun", () => received.length > 100_000);
    socket.write("no request at all\r\n\r\n");
    // It is reset: what it sent ended it.
    await until("its end", () => socket.closed);
    assert.equal(answersIn(received), 1);
    assert.doesNotMatch(received, /The request cannot be read/);
  });
});

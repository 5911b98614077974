/** Clients that use up connections, time or password hashes: others must still be served. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type net from "node:net";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { descriptorBudget } from "../../src/platform/descriptors.ts";
import { AttackedWeb, memoryOf, password, readToken, statusOf } from "./attacked-web.ts";

const idle = 2000;
const tooFew = descriptorBudget().limit < idle + 500 && "needs more open files";

async function opened(web: AttackedWeb, count: number, bytes = ""): Promise<net.Socket[]> {
  const sockets: net.Socket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(100, count - sockets.length) }, () => web.connect());
    await Promise.all(some.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")])));
    for (const socket of some) socket.resume().write(bytes);
    sockets.push(...some);
  }
  return sockets;
}

async function answersOthers(web: AttackedWeb): Promise<void> {
  for (let time = 0; time < 5; time += 1) {
    assert.equal((await web.ask("GET /healthz")).status, 200);
    assert.equal((await web.ask("GET /api/v1/health", { Authorization: `Bearer ${readToken}` })).status, 200);
  }
}

describe("others are served", { skip: process.platform !== "linux" && "reads the memory from /proc" }, () => {
  test(`beside ${idle} idle connections, which take little memory`, { skip: tooFew }, async (t) => {
    await using web = await AttackedWeb.start();
    await answersOthers(web);
    const before = memoryOf(web.pid);
    const sockets = await opened(web, idle);
    await answersOthers(web);
    const growth = memoryOf(web.pid) - before;
    t.diagnostic(`${Math.round(growth / 2 ** 20)} MiB more`);
    assert.ok(growth < 150 * 2 ** 20, `${growth} bytes`);
    for (const socket of sockets) socket.destroy();
    await answersOthers(web);
  });

  test("beside clients that send their headers or their body byte by byte, until those are disconnected", async () => {
    await using web = await AttackedWeb.start();
    const start = `POST /api/v1/session HTTP/1.1\r\nHost: ${web.host}\r\n`;
    const headers = await opened(web, 300, start);
    const bodies = await opened(web, 300, `${start}Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{`);
    const beginning = performance.now();
    let last = beginning;
    while ([...headers, ...bodies].some(({ closed }) => !closed) && performance.now() - beginning < 60_000) {
      for (const socket of headers) socket.write("X");
      for (const socket of bodies) socket.write(" ");
      if (performance.now() - last > 5000) {
        last = performance.now();
        await answersOthers(web);
      }
      await delay(500);
    }
    const [slow, slower] = [headers.filter(({ closed }) => !closed), bodies.filter(({ closed }) => !closed)];
    assert.deepEqual([slow.length, slower.length], [0, 0]);
  });

  test("while passwords are tried from many addresses and for many names", async () => {
    await using web = await AttackedWeb.start();
    const { cookie } = await web.login("ann", password);
    const statuses = new Map<number, number>();
    for (let attempt = 0; attempt < 130; attempt += 1) {
      const name = attempt % 2 === 0 ? "ann" : "bob";
      const { status } = await web.login(name, `wrong ${attempt}`, { from: `127.0.3.${attempt + 1}` });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    assert.ok((statuses.get(401) ?? 0) <= 115, "all addresses together have a limit");
    assert.ok((statuses.get(429) ?? 0) >= 10);
    await answersOthers(web);
    assert.equal((await web.ask("GET /api/v1/health", { Cookie: cookie })).status, 200);
    const atOnce = await Promise.all(
      Array.from({ length: 100 }, (_, index) => web.login(`nobody-${index}`, "x", { from: `127.0.4.${index + 1}` })),
    );
    assert.ok(atOnce.every(({ status }) => status === 401 || status === 429));
    const log = await web.stop();
    assert.doesNotMatch(log, /wrong \d|nobody-/, "nothing that was typed");
  });

  test("beside requests that are opened and dropped", async () => {
    await using web = await AttackedWeb.start();
    const request = `GET /api/v1/health HTTP/1.1\r\nHost: ${web.host}\r\nAuthorization: Bearer ${readToken}\r\n\r\n`;
    for (let round = 0; round < 10; round += 1) {
      const sockets = await opened(web, 100, request);
      for (const socket of sockets) socket.resetAndDestroy();
    }
    await answersOthers(web);
    assert.equal(
      statusOf(await web.send(`\r\n\r\n${request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")}`)),
      200,
    );
  });
});

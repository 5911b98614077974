/** Clients that ask and leave, or ask for too much at once: the database is read for those that wait, a few at a time. */
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { describe, test } from "node:test";
import { apiServer } from "./api-server.ts";
import { until } from "./running-web.ts";
import { slowStore } from "./slow-store.ts";

async function connected(url: string): Promise<net.Socket> {
  const { port } = new URL(url);
  const socket = net.connect({ port: Number(port), host: "127.0.0.1" }).on("error", () => {});
  await once(socket, "connect");
  return socket;
}

describe("requests that read the database", () => {
  test("of clients that have left are not served, and others are at once", async () => {
    await using slow = await slowStore();
    await using server = await apiServer(slow.store);
    const sockets = await Promise.all(Array.from({ length: 50 }, () => connected(server.url)));
    for (const socket of sockets)
      socket.write("GET /api/v1/connections?limit=1000 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    await until("requests are served", () => slow.reads.all >= 4);
    assert.equal((await server.get("/healthz")).status, 200);
    assert.equal((await server.get("/readyz")).status, 200);
    for (const socket of sockets) socket.destroy();
    const other = server.get("/api/v1/connections");
    // The server has seen that they left.
    await server.get("/healthz");
    await server.get("/healthz");
    slow.release();
    assert.equal((await other).status, 200);
    assert.equal(slow.reads.most, 4);
    assert.ok(slow.reads.all <= 5, `${slow.reads.all} reads`);
  });

  test("are refused where too many wait, and served again afterwards", async () => {
    await using slow = await slowStore();
    await using server = await apiServer(slow.store);
    let refused = 0;
    const all = Array.from({ length: 100 }, async () => {
      const answer = await server.get("/api/v1/connections");
      if (answer.status === 503) refused += 1;
      return answer;
    });
    const first = await Promise.race(all);
    assert.equal(first.status, 503);
    assert.equal(first.headers.get("retry-after"), "5");
    assert.equal(((await first.json()) as { error: string }).error, "busy");
    await until("all others wait", () => refused === 32);
    slow.release();
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    assert.deepEqual(
      [200, 503].map((status) => statuses.filter((each) => each === status).length),
      [68, 32],
    );
    assert.equal(slow.reads.most, 4);
    assert.equal((await server.get("/api/v1/connections")).status, 200);
    assert.equal((await fetch(`${server.url}/api/v1/connections`, { method: "HEAD" })).status, 200);
  });
});

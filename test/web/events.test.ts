import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import net from "node:net";
import { test } from "node:test";
import { HttpServer } from "../harness/http-server.ts";
import { openPort } from "../harness/open-port.ts";
import { connectTo, freePorts } from "../harness/reloading.ts";
import { RunningWeb, streamTokens, tokens, until } from "./running-web.ts";

const quiet = `alerts: { notify: [], ignore: { loopback: false } }
enrich: { rdns: { enabled: false }, geoip: { country_data: false } }
`;

test("connections, discoveries, deliveries and scans arrive as they are recorded, and a client resumes after each", async () => {
  const [decoy = 0] = await freePorts(1);
  await using open = await openPort("127.0.0.1");
  await using server = await HttpServer.start();
  await using web = await RunningWeb.start(`notify: { webhooks: { hook: { url: "${server.url}/hook" } } }
watches: { lan: { targets: [127.0.0.1], ports: [${open.port}] } }
listeners: { decoy: { host: 127.0.0.1, ports: ${decoy} } }
${quiet.replace("notify: []", "notify: [hook]")}`);
  using stream = web.events("/api/v1/events?after=0-0-0-0");
  await until("the report of the first run", () =>
    stream.received.some(({ event, data }) => event === "delivery" && data["state"] === "delivered"),
  );
  assert.equal((await connectTo(decoy)).error, undefined);
  const knockedAt = performance.now();
  await until("the connection", () => stream.received.some(({ event }) => event === "connection"));
  assert.ok(performance.now() - knockedAt < 2000, "within two seconds, on a busy machine");
  const of = (kind: string) => stream.received.filter(({ event }) => event === kind);
  assert.ok(of("scan").some(({ data }) => data["watch"] === "lan" && data["status"] === "complete"));
  assert.ok(of("discovery").some(({ data }) => data["kind"] === "new" && data["port"] === open.port));
  const [connection] = of("connection");
  assert.deepEqual([connection?.data], await web.rows("/connections"), "the same JSON as in the list");
  // Not before: the event of its earlier state is replaced.
  const isDelivered = (data: Record<string, unknown>) => data["label"] === "decoy" && data["state"] === "delivered";
  await until("the alert", () => of("delivery").some(({ data }) => isDelivered(data)));
  const last = stream.received.at(-1);
  for (const [index, { id }] of stream.received.entries()) {
    if (id === undefined) continue;
    using later = web.events(`/api/v1/events?after=${id}`);
    await until("the answer", () => later.status === 200);
    if (index < stream.received.length - 1)
      await until("the last event", () => later.received.some((event) => event.id === last?.id));
    assert.ok(!later.received.some((event) => event.id === id));
  }
  assert.equal((await web.stop()).status, 0);
});

/** Asks for a stream and reads nothing. */
function idle(
  port: number,
  localAddress = "127.0.0.1",
  token = tokens.read,
): Promise<{ readonly socket: net.Socket; readonly status: number }> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1", localAddress });
    const done = (status: number) => resolve({ socket, status });
    socket.once("data", (data) => done(Number(data.subarray(9, 12))));
    socket.once("error", () => done(0)).once("close", () => done(0));
    socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  });
}

function residentKilobytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

test("idle streams need little memory, and 10,000 attempts leave nothing behind", {
  skip: process.platform !== "linux" && "it reads /proc",
}, async (t) => {
  const [decoy = 0] = await freePorts(1);
  await using web = await RunningWeb.start(`listeners: { decoy: { host: 127.0.0.1, ports: ${decoy} } }\n${quiet}`);
  const round = async (count: number) => {
    const attempts = await Promise.all(Array.from({ length: count }, () => idle(web.port)));
    const admitted = attempts.filter(({ status }) => status === 200).length;
    for (const { socket } of attempts) socket.destroy();
    return admitted;
  };
  for (let rounds = 0; rounds < 10; rounds += 1) await round(100);
  const empty = residentKilobytes(web.pid);
  const streams = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      idle(web.port, `127.0.0.${2 + Math.floor(index / 16)}`, streamTokens[index % streamTokens.length]),
    ),
  );
  assert.deepEqual([...new Set(streams.map(({ status }) => status))], [200]);
  const perStream = (residentKilobytes(web.pid) - empty) / streams.length;
  t.diagnostic(`200 idle streams: ${perStream.toFixed(0)} kB each`);
  assert.ok(perStream < 100, `${perStream} kB for each stream`);
  for (const { socket } of streams) socket.destroy();
  const before = residentKilobytes(web.pid);
  for (let attempts = 0; attempts < 10_000; attempts += 200) {
    assert.ok((await round(200)) <= 16);
    if (attempts % 2000 === 0) assert.equal((await web.ask("GET", "/healthz")).status, 200);
  }
  const grown = residentKilobytes(web.pid) - before;
  t.diagnostic(`10,000 attempts: ${grown} kB more`);
  assert.ok(grown < 40_000, `${grown} kB`);
  await until("a place for a new stream", async () => {
    const { socket, status } = await idle(web.port);
    socket.destroy();
    return status === 200;
  });
});

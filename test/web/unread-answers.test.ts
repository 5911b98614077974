/** Clients that ask for much and read nothing of it: the system must not go on to keep it for them, however their connections end. */
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import tls from "node:tls";
import { sendQueues } from "../../src/platform/send-queues.ts";
import { BoundedServer } from "../../src/web/bounded-server.ts";
import { CertificateWorkshop, type IssuedCertificate, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { until } from "./running-web.ts";

const skip = process.platform !== "linux" && "reads /proc/net/tcp";
/** The server measures its clients with a clock that is so much faster. */
const speed = 50;
const answerBytes = 2 ** 20;
const workshop = new CertificateWorkshop();

after(() => workshop[Symbol.dispose]());

function pairOf({ chain, key }: IssuedCertificate) {
  return { certificate: Buffer.from(chain), key: Buffer.from(key) };
}

interface Running extends AsyncDisposable {
  readonly port: number;
  /** Bytes that the system holds for all clients that it has or had. */
  held(): Promise<number>;
  connect(bytes: string): net.Socket;
}

async function bounded(isTls = false): Promise<Running> {
  const bounding = new BoundedServer(() => false);
  const pair = isTls ? pairOf(workshop.issue()) : undefined;
  const server = bounding.create(pair, (request, response) => {
    if (request.url === "/last") response.setHeader("Connection", "close");
    response.end(Buffer.alloc(request.url === "/big" ? answerBytes : 10));
  });
  server.on("clientError", (error: Error, socket: net.Socket) => bounding.answerUnreadable(error, socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const place = server.address();
  assert.ok(typeof place === "object" && place !== null);
  const { port } = place;
  const stopped = new AbortController();
  const clock = {
    monotonic: () => performance.now() * speed,
    sleep: (ms: number, signal?: AbortSignal) =>
      delay(ms / speed, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
  };
  const following = bounding.follow(port, clock, stopped.signal);
  const clients: net.Socket[] = [];
  return {
    port,
    held: async () => [...((await sendQueues(port)) ?? assert.fail()).values()].reduce((sum, each) => sum + each, 0),
    connect(bytes) {
      const options = { port, host: "127.0.0.1", allowHalfOpen: true };
      const client = isTls ? tls.connect({ ...options, rejectUnauthorized: false }) : net.connect(options);
      client.on("error", () => {}).write(bytes);
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await following;
      for (const client of clients) client.destroy();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const ask = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nHost: here\r\n${more}\r\n`;
const close = "Connection: close\r\n";

/** The status lines of what came, and how many bytes. */
function reading(client: net.Socket) {
  const state = { bytes: 0, answers: 0, hasEnded: false };
  client.on("data", (data: Buffer) => {
    state.bytes += data.length;
    if (data.includes("HTTP/1.1 ")) state.answers += 1;
  });
  client.once("end", () => (state.hasEnded = true));
  return state;
}

interface Unread {
  readonly name: string;
  readonly bytes: string;
  readonly isHalfClosed?: boolean;
  readonly isTls?: boolean;
  /** The answer may be dropped before the test sees it. */
  readonly isEndedAtOnce?: boolean;
}

const cases: readonly Unread[] = [
  { name: "many pipelined answers", bytes: ask("/big").repeat(50) },
  { name: "the last answer of a connection", bytes: ask("/big", close) },
  { name: "an answer, and keeps the connection", bytes: ask("/big") },
  { name: "an answer, and has ended its side", bytes: ask("/big"), isHalfClosed: true },
  { name: "many answers, and has ended its side", bytes: ask("/big").repeat(20), isHalfClosed: true },
  { name: "an answer before what is no request", bytes: `${ask("/big")}no request\r\n\r\n`, isEndedAtOnce: true },
  {
    name: "an answer before a request for a tunnel",
    bytes: `${ask("/big")}CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n`,
    isEndedAtOnce: true,
  },
  { name: "an answer before another protocol", bytes: `${ask("/big")}PRI * HTTP/2.0\r\n\r\n`, isEndedAtOnce: true },
  { name: "an answer before half a request", bytes: `${ask("/big")}GET / HTTP/1.1\r\n` },
  { name: "an answer and what is behind it", bytes: ask("/big", close) + ask("/big").repeat(50) },
  { name: "the last answer over TLS", bytes: ask("/big", close), isTls: true },
  { name: "many pipelined answers over TLS", bytes: ask("/big").repeat(50), isTls: true },
  {
    name: "many answers over TLS, and has ended its side",
    bytes: ask("/big").repeat(20),
    isTls: true,
    isHalfClosed: true,
  },
];

describe("nothing is kept for a client that does not read", { skip, concurrency: true }, () => {
  for (const { name, bytes, isTls = false, isHalfClosed = false, isEndedAtOnce = false } of cases) {
    test(name, { skip: isTls ? whyNoOpenssl() : false }, async () => {
      await using server = await bounded(isTls);
      const client = server.connect(bytes).pause();
      if (isTls) await once(client, "secureConnect");
      if (isHalfClosed) client.end();
      if (isEndedAtOnce) await delay(500);
      else await until("the answer has begun", async () => (await server.held()) > 100_000, 5000);
      await until("all is dropped", async () => (await server.held()) === 0, 20_000);
    });
  }
});

describe("an answer reaches a client that reads it slowly", { skip, concurrency: true }, () => {
  for (const { name, more, isTls } of [
    { name: "and is the last of its connection", more: close, isTls: false },
    { name: "and keeps the connection", more: "", isTls: false },
    { name: "over TLS", more: close, isTls: true },
  ])
    test(name, { skip: isTls ? whyNoOpenssl() : false }, async () => {
      await using server = await bounded(isTls);
      const client = server.connect(ask("/big", more));
      const state = reading(client);
      while (state.bytes < answerBytes && !client.closed) {
        const before = state.bytes;
        client.resume();
        await until("some more", () => state.bytes > before || client.closed);
        client.pause();
        // 8 KiB per second of the server's clock.
        await delay(((state.bytes - before) / (8 * 1024 * speed)) * 1000);
      }
      assert.ok(state.bytes >= answerBytes, `${state.bytes} bytes`);
    });
});

test("a connection closes when its client has everything, whoever ends it first", { skip }, async () => {
  await using server = await bounded();
  const last = server.connect(ask("/big", close));
  const lastState = reading(last);
  await until("the server ended it", () => lastState.hasEnded);
  last.end();
  const half = server.connect(ask("/small"));
  const halfState = reading(half);
  half.end();
  await until("the server ended it as well", () => halfState.hasEnded);
  assert.deepEqual([lastState.answers, halfState.answers], [1, 1]);
  if (!last.closed) await once(last, "close");
  if (!half.closed) await once(half, "close");
});

for (const [name, last] of [
  ["that the client announced", ask("/small", close)],
  ["that the server announced", ask("/last")],
])
  test(`what is behind the last answer of a connection, ${name}, is not served`, { skip }, async () => {
    await using server = await bounded();
    const client = server.connect(ask("/small") + last);
    let text = "";
    client.setEncoding("latin1").on("data", (more: string) => (text += more));
    client.write(ask("/small").repeat(100));
    await until("the end", () => client.readableEnded || client.closed);
    assert.equal(text.split("HTTP/1.1 200").length - 1, 2);
    client.write(ask("/small").repeat(100));
    client.end();
    if (!client.closed) await once(client, "close");
  });

describe("over TLS", { skip: skip === false ? whyNoOpenssl() : skip, concurrency: true }, () => {
  test("a client that resets the connection as soon as its handshake is done harms nothing", async () => {
    await using server = await bounded(true);
    for (let round = 0; round < 300; round += 1) {
      const below = net.connect(server.port, "127.0.0.1");
      const client = tls.connect({ socket: below, rejectUnauthorized: false });
      client.on("error", () => {});
      await once(client, "secureConnect");
      client.write(ask("/small"));
      below.resetAndDestroy();
    }
    const state = reading(server.connect(ask("/small")));
    await until("another one is answered", () => state.answers === 1);
  });

  for (const [name, bytes] of [
    ["nothing", ""],
    ["half a handshake", "\x16\x03\x01\x02\x00\x01\x00"],
  ] as const)
    test(`a client that sends ${name} is disconnected`, async () => {
      await using server = await bounded(true);
      const client = net.connect(server.port, "127.0.0.1");
      client.on("error", () => {}).write(bytes, "latin1");
      client.resume();
      await until("its end", () => client.closed, 20_000);
    });
});

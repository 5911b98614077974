import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { freePort } from "../../../test/harness/free-port.ts";
import { idleProgram } from "../../../test/harness/nothing-running.ts";
import { ipv4FromNumber } from "../../core/address.ts";
import { HarbingerError } from "../../core/errors.ts";
import {
  type EventId,
  type EventQuery,
  type EventStore,
  formatEventId,
  parseEventId,
  positionOf,
  type StoreEvent,
} from "../../core/event.ts";
import { silentLog } from "../../core/log.ts";
import type { Store } from "../../core/store.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { scanSchema } from "../../present/scans/scan-schema.ts";
import { eventRoutes } from "../api/events.ts";
import type { ScanProgress } from "../context.ts";
import { webSchema, webSettings } from "../schema.ts";
import { WebServer } from "../server.ts";
import { EventHub } from "./event-hub.ts";

/** A feed of scans, one for each number. */
class Feed implements EventStore {
  count = 0;
  reads = 0;
  noteBytes = 0;
  isBroken = false;
  readonly #listeners = new Set<() => void>();

  add(count = 1): void {
    this.count += count;
    for (const listener of this.#listeners) listener();
  }

  async latest(): Promise<EventId> {
    return idAt(this.count);
  }

  async list({ after: from, kinds, limit }: EventQuery): Promise<readonly StoreEvent[]> {
    this.reads += 1;
    if (this.isBroken) throw new HarbingerError("store", "the database is gone");
    const first = from === undefined ? 0 : positionOf(from).change;
    if (first > this.count) throw new HarbingerError("usage", "the event id is not from this database");
    if (kinds?.includes("scan") === false) return [];
    return Array.from({ length: Math.min(limit, this.count - first) }, (_, index) => this.#event(first + index + 1));
  }

  subscribe(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  #event(id: number): StoreEvent {
    const notes = ["x".repeat(this.noteBytes)];
    const times = { startedAt: 1000 * id, endedAt: 1000 * id + 1 };
    return {
      id: idAt(id),
      kind: "scan",
      scan: { id, watch: "lan\nid: 9", engine: "connect", status: "complete", notes, sighted: 1, ...times },
    };
  }
}

function idAt(change: number): EventId {
  return formatEventId({ connection: 0, discovery: 0, change, row: 0 });
}

interface Received {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

/** One client. */
class Client implements Disposable {
  readonly received: Received[] = [];
  status = 0;
  headers: http.IncomingHttpHeaders = {};
  hasEnded = false;
  readonly #request: http.ClientRequest;
  #response: http.IncomingMessage | undefined;
  #text = "";

  constructor(port: number, path = "/api/v1/events", headers: http.OutgoingHttpHeaders = {}) {
    this.#request = http.get({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
      this.#response = response;
      this.status = response.statusCode ?? 0;
      this.headers = response.headers;
      response.setEncoding("utf8").on("data", (text: string) => this.#read(text));
      response.on("close", () => (this.hasEnded = true)).on("error", () => {});
    });
    this.#request.on("error", () => (this.hasEnded = true));
  }

  get numbers(): unknown[] {
    return this.received.map(({ data }) => data["id"]);
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  [Symbol.dispose](): void {
    this.#request.destroy();
  }

  #read(text: string): void {
    const blocks = (this.#text + text).split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const event = fields.get("event");
      if (event !== undefined)
        this.received.push({ event, id: fields.get("id"), data: JSON.parse(fields.get("data") ?? "") });
    }
  }
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) assert.fail(`not within 20 s: ${what}`);
    await systemClock.sleep(10);
  }
}

async function serve(feed: Feed) {
  const port = await freePort();
  const token = "0123456789abcdefghij";
  const settings = webSettings(webSchema.parse({ listen: `127.0.0.1:${port}`, tokens: { script: { token } } }));
  const { listen } = settings;
  assert.ok(listen !== undefined);
  const listeners = new Set<(progress: ScanProgress) => void>();
  const server = new WebServer({
    settings: { ...settings, listen, tokens: [], users: [] },
    clock: systemClock,
    log: silentLog,
    routes: (app) => {
      app.post("/changed", { config: { right: "read", changes: "mutes" } }, async () => ({ done: true }));
      app.post("/refused", { config: { right: "read", changes: "devices" } }, async (_request, reply) =>
        reply.code(409).send({ done: false }),
      );
      app.get("/other", { config: { right: "read" } }, async () => ({ answers: true }));
      eventRoutes(app, {
        ...idleProgram,
        store: { events: feed } as unknown as Store,
        clock: systemClock,
        log: silentLog,
        version: "1",
        watchProgress: (listener) => {
          listeners.add(listener);
          return { [Symbol.dispose]: () => listeners.delete(listener) };
        },
      });
    },
  });
  await server.start();
  return { port, server, listeners };
}

describe("the stream of events", () => {
  const feed = new Feed();
  let port = 0;
  let server: WebServer | undefined;
  let listeners = new Set<(progress: ScanProgress) => void>();
  before(async () => {
    ({ port, server, listeners } = await serve(feed));
  });
  after(async () => await server?.[Symbol.asyncDispose]());

  test("sends what is recorded from now on, as JSON with an id", async () => {
    feed.add(3);
    using client = new Client(port);
    await until("an answer", () => client.status === 200);
    assert.equal(client.headers["content-type"], "text/event-stream");
    assert.equal(client.headers["cache-control"], "no-store");
    assert.match(String(client.headers["content-security-policy"]), /default-src 'none'/);
    feed.add();
    await until("an event", () => client.received.length === 1);
    const [received] = client.received;
    assert.equal(received?.event, "scan");
    assert.equal(received?.id, idAt(4), "a line break in a name adds no field");
    scanSchema.parse(received?.data);
  });

  test("resumes after the last event that the client has, without a gap and without a repetition", async () => {
    feed.add(1200);
    const start = feed.count;
    using early = new Client(port, "/api/v1/events?after=0-0-0-0");
    using late = new Client(port, `/api/v1/events?after=0-0-0-0`, { "last-event-id": idAt(start - 7) });
    for (let added = 0; added < 200; added += 1) {
      feed.add(7);
      await systemClock.sleep(1);
    }
    await until("all events", () => early.received.length >= feed.count && late.received.length >= 1400 + 7);
    const all = Array.from({ length: feed.count }, (_, index) => index + 1);
    assert.deepEqual(early.numbers, all);
    assert.deepEqual(late.numbers, all.slice(start - 7));
  });

  test("sends only the kinds that the client asks for", async () => {
    using none = new Client(port, "/api/v1/events?kinds=connection,delivery");
    using scans = new Client(port, "/api/v1/events?kinds=scan");
    await until("answers", () => none.status === 200 && scans.status === 200);
    feed.add();
    await until("the scan", () => scans.received.length === 1);
    assert.deepEqual(none.received, []);
  });

  test("sends the progress of a watch once a second at most, without an id", async () => {
    using client = new Client(port, "/api/v1/events?kinds=progress");
    await until("a subscription", () => client.status === 200 && listeners.size === 1);
    await systemClock.sleep(50);
    for (let done = 1; done <= 20; done += 1)
      for (const watch of ["lan", "dmz"])
        for (const listener of listeners) listener({ watch, stage: "scanning", done, total: 20, found: 1 });
    await until("progress", () => client.received.length >= 2);
    assert.deepEqual(
      client.received.map(({ event, id, data }) => [event, id, data["watch"], data["done"]]),
      [
        ["progress", undefined, "lan", 1],
        ["progress", undefined, "dmz", 1],
      ],
    );
  });

  test("tells which list somebody changed, without an id, and nothing of what was refused", async () => {
    using all = new Client(port);
    using changes = new Client(port, "/api/v1/events?kinds=change");
    using scans = new Client(port, "/api/v1/events?kinds=scan");
    const clients = [all, changes, scans];
    await until("answers", () => clients.every(({ status }) => status === 200));
    await systemClock.sleep(50);
    const headers = { "sec-fetch-site": "same-origin" };
    for (const [place, status] of [
      ["refused", 409],
      ["changed", 200],
    ] as const)
      assert.equal((await fetch(`http://127.0.0.1:${port}/${place}`, { method: "POST", headers })).status, status);
    await until("the change", () => all.received.length > 0 && changes.received.length > 0);
    for (const { received } of [all, changes])
      assert.deepEqual(received, [{ event: "change", id: undefined, data: { list: "mutes" } }]);
    assert.deepEqual(scans.received, []);
  });

  test("rejects what is no id or no kind", async () => {
    for (const path of ["?after=x", "?kinds=connections", "?kinds=", "?since=1"]) {
      using client = new Client(port, `/api/v1/events${path}`);
      await until("an answer", () => client.status !== 0);
      assert.equal(client.status, 400, path);
    }
    assert.equal(parseEventId("x"), undefined);
  });

  test("goes on with a reset for an id that is not of this database, because browsers give up after an error", async () => {
    feed.add();
    for (const [path, headers] of [
      [`?after=${idAt(feed.count + 1)}`, {}],
      ["", { "last-event-id": idAt(feed.count + 1000) }],
      ["?kinds=scan", { "last-event-id": "1 or 1=1" }],
      ["?kinds=scan&after=0-0-0-0", { "last-event-id": "x".repeat(5000) }],
    ] as const) {
      using client = new Client(port, `/api/v1/events${path}`, headers);
      await until("the reset", () => client.received.length === 1);
      assert.equal(client.status, 200, path);
      const [reset] = client.received;
      assert.deepEqual([reset?.event, reset?.id], ["reset", idAt(feed.count)], "what it resumes after next time");
      assert.match(String(reset?.data["message"]), /read the lists again/);
      feed.add();
      await until("the next event", () => client.received.length === 2);
      assert.deepEqual(client.numbers, [undefined, feed.count], "and nothing from before it");
    }
  });

  test("begins now, however long others have been open", async () => {
    using first = new Client(port);
    await until("an answer", () => first.status === 200);
    feed.add(20);
    await until("its events", () => first.received.length === 20);
    using second = new Client(port);
    await until("an answer", () => second.status === 200);
    feed.add();
    await until("the event", () => second.received.length > 0);
    assert.deepEqual(second.numbers, [feed.count]);
  });

  test("ends where the database fails, and works afterwards", async () => {
    using client = new Client(port);
    await until("an answer", () => client.status === 200);
    feed.isBroken = true;
    feed.add();
    await until("the end", () => client.hasEnded);
    feed.isBroken = false;
    using next = new Client(port, "/api/v1/events", { "last-event-id": idAt(feed.count - 1) });
    await until("the event that was missed", () => next.received.length === 1);
  });

  test("admits 16 streams of one client, and again when one has ended", async () => {
    const clients = Array.from({ length: 20 }, () => new Client(port));
    await until("answers", () => clients.every(({ status }) => status !== 0));
    assert.equal(clients.filter(({ status }) => status === 200).length, 16);
    assert.equal(clients.filter(({ status }) => status === 429).length, 4);
    for (const client of clients) client[Symbol.dispose]();
    await until("a place", async () => {
      using client = new Client(port);
      await until("an answer", () => client.status !== 0);
      return client.status === 200;
    });
  });
});

test("all streams together read the feed once, and it is not read without them", async () => {
  const feed = new Feed();
  const { port, server } = await serve(feed);
  await using _ = server;
  const clients = Array.from({ length: 10 }, () => new Client(port));
  await until("answers", () => clients.every(({ status }) => status === 200));
  // Each stream asked once for what it missed.
  await until("the streams", () => feed.reads >= 11);
  const before = feed.reads;
  feed.add();
  await until("the event", () => clients.every(({ received }) => received.length === 1));
  assert.ok(feed.reads - before <= 2, `${feed.reads - before} reads for ten streams`);
  for (const client of clients) client[Symbol.dispose]();
  await systemClock.sleep(300);
  const atEnd = feed.reads;
  feed.add();
  await systemClock.sleep(500);
  assert.equal(feed.reads, atEnd);
});

test("a client that does not read is disconnected; the others are not delayed", async () => {
  const feed = new Feed();
  feed.noteBytes = 100_000;
  const { port, server } = await serve(feed);
  await using _ = server;
  using slow = new Client(port);
  using quick = new Client(port);
  await until("answers", () => slow.status === 200 && quick.status === 200);
  slow.pause();
  const memory = process.memoryUsage().arrayBuffers;
  for (let added = 0; added < 300; added += 1) {
    feed.add();
    if (added % 50 === 49) await until("the events", () => quick.received.length === added + 1);
  }
  await until("all events", () => quick.received.length === 300);
  slow.resume();
  await until("the end of the slow client", () => slow.hasEnded);
  assert.ok(slow.received.length < 300);
  assert.ok(process.memoryUsage().arrayBuffers - memory < 40_000_000);
});

test("streams do not delay the end of the server", async () => {
  const { port, server } = await serve(new Feed());
  const clients = Array.from({ length: 10 }, () => new Client(port));
  await until("answers", () => clients.every(({ status }) => status === 200));
  const startedAt = performance.now();
  await server[Symbol.asyncDispose]();
  assert.ok(performance.now() - startedAt < 1000);
  await until("the end", () => clients.every(({ hasEnded }) => hasEnded));
});

test("one account has a quarter of all streams, from whichever addresses, and others have the rest", async () => {
  await using hub = new EventHub({
    ...idleProgram,
    store: { events: new Feed() } as unknown as Store,
    clock: systemClock,
    log: silentLog,
    shown: (delivery) => delivery,
    watchProgress: () => ({ [Symbol.dispose]() {} }),
    watchChanges: () => ({ [Symbol.dispose]() {} }),
    watches: () => [],
  });
  const admitted = (account: string, network: number) =>
    Array.from({ length: 256 }, (_, index) => hub.admit(ipv4FromNumber(network * 256 + (index % 20)), account)).filter(
      (stream) => stream !== undefined,
    );
  const first = admitted("script", 1);
  assert.equal(first.length, 64);
  assert.equal(admitted("ann", 2).length, 64);
  // Where nobody has to log in, only the limits of an address and of all count.
  assert.equal(admitted("", 3).length, 128);
  for (const stream of first) stream[Symbol.dispose]();
  assert.equal(admitted("script", 4).length, 64);
});

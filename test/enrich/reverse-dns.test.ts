import assert from "node:assert/strict";
import dgram from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import type { Clock } from "../../src/core/clock.ts";
import { type PeerName, ReverseDns } from "../../src/inbound/enrich/rdns/reverse-dns.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { ManualClock } from "../notify/manual-clock.ts";
import { anAddress } from "./an-address.ts";
import {
  address,
  type DnsQuestion,
  type DnsReply,
  DnsServer,
  names,
  noSuchName,
  serverFailure,
  silence,
} from "./dns-server.ts";
import { KeptLog } from "./kept-log.ts";

const peer = anAddress("198.51.100.7");

interface Options {
  readonly clock?: Clock;
  readonly timeoutMs?: number;
  readonly cacheSize?: number;
  readonly log?: KeptLog;
}

function asking(server: { readonly endpoint: string }, options: Options = {}): ReverseDns {
  return new ReverseDns({
    timeoutMs: 5000,
    cacheSize: 1000,
    clock: systemClock,
    log: new KeptLog(),
    ...options,
    servers: [server.endpoint],
  });
}

/** Everything that `find` reported, in order. */
async function lookUp(names: ReverseDns, of = peer): Promise<PeerName[]> {
  const found: PeerName[] = [];
  await names.find(of, (name) => found.push(name));
  return found;
}

function zone(replies: Readonly<Record<string, DnsReply>>): (question: DnsQuestion) => DnsReply {
  return ({ name, type }) => replies[`${type} ${name}`] ?? noSuchName;
}

const reverseName = "PTR 7.100.51.198.in-addr.arpa";

test("a name that resolves back to the address is confirmed", async () => {
  await using server = await DnsServer.start(
    zone({ [reverseName]: names("scan.example.net"), "A scan.example.net": address(198, 51, 100, 7) }),
  );
  assert.deepEqual(await lookUp(asking(server)), [
    { hostname: "scan.example.net" },
    { hostname: "scan.example.net", hostnameConfirmed: true },
  ]);
});

test("a name of an IPv6 address is confirmed by its AAAA record", async () => {
  const bytes = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  await using server = await DnsServer.start(({ type }) =>
    type === "PTR" ? names("six.example.net") : type === "AAAA" ? address(...bytes) : noSuchName,
  );
  const found = await lookUp(asking(server), anAddress("2001:db8::1"));
  assert.deepEqual(found.at(-1), { hostname: "six.example.net", hostnameConfirmed: true });
  assert.match(server.questions[0]?.name ?? "", /^1\.0\.0\..*\.8\.b\.d\.0\.1\.0\.0\.2\.ip6\.arpa$/);
});

test("a name that resolves to another address is unconfirmed", async () => {
  await using server = await DnsServer.start(
    zone({ [reverseName]: names("www.bank.example"), "A www.bank.example": address(203, 0, 113, 1) }),
  );
  assert.deepEqual((await lookUp(asking(server))).at(-1), { hostname: "www.bank.example", hostnameConfirmed: false });
});

test("a name that does not exist is unconfirmed", async () => {
  await using server = await DnsServer.start(zone({ [reverseName]: names("no.example") }));
  assert.deepEqual((await lookUp(asking(server))).at(-1), { hostname: "no.example", hostnameConfirmed: false });
});

test("of several names the one that resolves back is used", async () => {
  await using server = await DnsServer.start(
    zone({
      [reverseName]: names("first.example", "second.example", "third.example"),
      "A first.example": address(203, 0, 113, 1),
      "A second.example": address(198, 51, 100, 7),
    }),
  );
  assert.deepEqual((await lookUp(asking(server))).at(-1), { hostname: "second.example", hostnameConfirmed: true });
});

test("of very many names only a few are resolved back", async () => {
  const many = Array.from({ length: 100 }, (_, i) => `n${i}.example`);
  await using server = await DnsServer.start(({ type }) => (type === "PTR" ? names(...many.slice(0, 20)) : noSuchName));
  await lookUp(asking(server));
  assert.equal(server.questions.filter(({ type }) => type === "A").length, 4);
});

test("an address without a name is queried once", async () => {
  await using server = await DnsServer.start(() => noSuchName);
  const reverse = asking(server);
  assert.deepEqual(await lookUp(reverse), []);
  const asked = server.questions.length;
  await lookUp(reverse);
  assert.equal(server.questions.length, asked);
});

test("a known name is returned immediately until it expires", async () => {
  await using server = await DnsServer.start(
    zone({ [reverseName]: names("scan.example.net"), "A scan.example.net": address(198, 51, 100, 7) }),
  );
  const clock = new ManualClock();
  const reverse = asking(server, { clock });
  await lookUp(reverse);
  assert.deepEqual(await lookUp(reverse), [{ hostname: "scan.example.net", hostnameConfirmed: true }]);
  assert.equal(server.questions.length, 2);
  clock.advance(2 * 60 * 60_000);
  await lookUp(reverse);
  assert.equal(server.questions.length, 4);
});

test("silence ends at the time limit, and the address is not queried again immediately", async () => {
  await using server = await DnsServer.start(() => silence);
  const clock = new ManualClock();
  const reverse = asking(server, { clock, timeoutMs: 5000 });
  const pending = lookUp(reverse);
  await server.asked(1);
  clock.advance(5000);
  assert.deepEqual(await pending, []);
  assert.equal(clock.sleepers, 0);
  const asked = server.questions.length;
  assert.deepEqual(await lookUp(reverse), []);
  assert.equal(server.questions.length, asked);
  clock.advance(60_001);
  server.answer = () => names("late.example");
  assert.deepEqual((await lookUp(reverse))[0], { hostname: "late.example" });
});

test("a real time limit ends real silence", async () => {
  await using server = await DnsServer.start(() => silence);
  const started = performance.now();
  assert.deepEqual(await lookUp(asking(server, { timeoutMs: 100 })), []);
  const tookMs = performance.now() - started;
  assert.ok(tookMs >= 90 && tookMs < 20_000, `${tookMs} ms`);
});

test("a lost packet is sent again within the time limit", async () => {
  let lost = 0;
  await using server = await DnsServer.start(({ type }) => {
    if (type !== "PTR") return noSuchName;
    lost += 1;
    return lost === 1 ? silence : names("again.example");
  });
  assert.deepEqual((await lookUp(asking(server, { timeoutMs: 1500 })))[0], { hostname: "again.example" });
});

test("a name whose own resolution times out is neither confirmed nor unconfirmed", async () => {
  await using server = await DnsServer.start(({ type }) => (type === "PTR" ? names("half.example") : silence));
  const clock = new ManualClock();
  const pending = lookUp(asking(server, { clock }));
  await server.asked(2);
  clock.advance(5000);
  assert.deepEqual(await pending, [{ hostname: "half.example" }, { hostname: "half.example" }]);
});

test("a server failure is not an answer about the address", async () => {
  await using server = await DnsServer.start(() => serverFailure);
  const clock = new ManualClock();
  const reverse = asking(server, { clock });
  assert.deepEqual(await lookUp(reverse), []);
  server.answer = () => names("repaired.example");
  clock.advance(61_000);
  assert.deepEqual((await lookUp(reverse))[0], { hostname: "repaired.example" });
});

test("a missing DNS server is logged once", async () => {
  const socket = dgram.createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const endpoint = `127.0.0.1:${socket.address().port}`;
  socket.close();
  await once(socket, "close");
  const log = new KeptLog();
  const reverse = asking({ endpoint }, { log });
  await lookUp(reverse);
  await lookUp(reverse, anAddress("198.51.100.8"));
  assert.deepEqual(log.warnings, ["no DNS server answers; alerts have no host names until one does"]);
});

const hostile: readonly (readonly [string, DnsReply])[] = [
  ["terminal escapes", { kind: "records", records: [{ name: [Buffer.from("\x1b[2J"), Buffer.from("example")] }] }],
  ["a NUL", { kind: "records", records: [{ name: [Buffer.from("a\0b"), Buffer.from("example")] }] }],
  ["a line break", { kind: "records", records: [{ name: [Buffer.from("a\r\nBcc: x"), Buffer.from("example")] }] }],
  ["markup", names("<script>alert(1)</script>.example")],
  ["spaces", names("call me.example")],
  ["a dot within a label", { kind: "records", records: [{ name: [Buffer.from("a.b"), Buffer.from("example")] }] }],
  ["bytes above 127", { kind: "records", records: [{ name: [Buffer.from([0xff, 0xfe]), Buffer.from("example")] }] }],
  ["another address", names("10.0.0.1")],
  ["the root", { kind: "records", records: [{ name: [] }] }],
  ["a pointer to itself", { kind: "records", records: [{ bytes: Buffer.from([0xc0, 0x39]) }] }],
  ["a label that runs out of the packet", { kind: "records", records: [{ bytes: Buffer.from([0x3f, 0x61]) }] }],
  ["a shortened packet", { kind: "raw", bytes: Buffer.from([0x81, 0x80, 0, 1, 0, 1]) }],
  ["garbage", { kind: "raw", bytes: Buffer.alloc(600, 0xa5) }],
];
for (const [what, reply] of hostile) {
  test(`a reverse zone that answers with ${what} gives no name`, async () => {
    await using server = await DnsServer.start(() => reply);
    assert.deepEqual(await lookUp(asking(server, { timeoutMs: 3000 })), []);
  });
}

test("of valid and invalid names the valid one is used", async () => {
  await using server = await DnsServer.start(({ type }) =>
    type === "PTR"
      ? { kind: "records", records: [{ name: [Buffer.from("<b>")] }, { name: "good.example" }] }
      : address(198, 51, 100, 7),
  );
  assert.deepEqual((await lookUp(asking(server))).at(-1), { hostname: "good.example", hostnameConfirmed: true });
});

test("only sixteen addresses are queried at once", async () => {
  const release = Promise.withResolvers<void>();
  await using server = await DnsServer.start(async () => {
    await release.promise;
    return noSuchName;
  });
  const clock = new ManualClock();
  const reverse = asking(server, { clock, timeoutMs: 60_000 });
  const pending = Array.from({ length: 40 }, (_, i) => lookUp(reverse, anAddress(`198.51.100.${i}`)));
  await server.asked(16);
  assert.equal(new Set(server.questions.map(({ name }) => name)).size, 16);
  release.resolve();
  await Promise.all(pending);
  assert.equal(new Set(server.questions.map(({ name }) => name)).size, 40);
});

test("shutdown aborts running queries, and nothing of them is cached", async () => {
  await using server = await DnsServer.start(() => silence);
  const reverse = asking(server, { timeoutMs: 60_000 });
  const pending = lookUp(reverse);
  await server.asked(1);
  reverse.stop();
  assert.deepEqual(await pending, []);
});

test("an address with a zone is not queried", async () => {
  await using server = await DnsServer.start(() => names("x.example"));
  assert.deepEqual(await lookUp(asking(server), anAddress("fe80::1%eth0")), []);
  assert.equal(server.questions.length, 0);
});

test("the name of a loopback address is not resolved back", async () => {
  await using server = await DnsServer.start(({ type }) => (type === "PTR" ? names("here.example") : noSuchName));
  const found = await lookUp(asking(server), anAddress("127.0.0.1"));
  assert.equal(found.length, 1);
  assert.ok(found[0]?.hostname !== undefined && found[0].hostnameConfirmed === undefined);
  assert.deepEqual(
    server.questions.filter(({ type }) => type !== "PTR"),
    [],
  );
});

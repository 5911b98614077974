import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { IpApi, type IpApiOptions } from "../../src/inbound/enrich/ip-api/ip-api.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { ManualClock } from "../notify/manual-clock.ts";
import { anAddress } from "./an-address.ts";
import { answering, heidelberg, IpApiServer } from "./ip-api-server.ts";
import { KeptLog } from "./kept-log.ts";

const peer = anAddress("198.51.100.7");

function asking(server: IpApiServer, options: Partial<IpApiOptions> = {}): IpApi {
  return new IpApi({
    endpoint: server.endpoint,
    budgetPerMinute: 40,
    timeoutMs: 5000,
    cacheSize: 100,
    clock: systemClock,
    log: new KeptLog(),
    ...options,
  });
}

test("the service is queried for the address, and its answer is read", async () => {
  await using server = await IpApiServer.start();
  assert.deepEqual(await asking(server).find(peer), {
    place: {
      countryCode: "DE",
      country: "Germany",
      region: "Baden-Wurttemberg",
      city: "Heidelberg",
      latitude: 49.4,
      longitude: 8.7,
      placeSource: "ip-api",
    },
    holder: { asn: 3209, organization: "Vodafone GmbH" },
    provider: "Vodafone",
  });
  assert.match(server.asked[0] ?? "", /^\/json\/198\.51\.100\.7\?fields=status%2C/);
});

test("an IPv6 address and an endpoint with a key make a valid request", async () => {
  await using server = await IpApiServer.start();
  await asking(server, { endpoint: `${server.endpoint.slice(0, -1)}?key=secret` }).find(anAddress("2001:db8::1"));
  assert.match(server.asked[0] ?? "", /^\/json\/2001:db8::1\?key=secret&fields=/);
});

test("an answer is cached for a day", async () => {
  await using server = await IpApiServer.start();
  const clock = new ManualClock();
  const service = asking(server, { clock });
  await service.find(peer);
  clock.advance(23 * 60 * 60_000);
  assert.equal((await service.find(peer)).place?.city, "Heidelberg");
  assert.equal(server.asked.length, 1);
  clock.advance(2 * 60 * 60_000);
  await service.find(peer);
  assert.equal(server.asked.length, 2);
});

for (const address of ["127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.1.1", "100.64.1.1", "0.0.0.0"]) {
  test(`${address} is never sent to the service`, async () => {
    await using server = await IpApiServer.start();
    assert.deepEqual(await asking(server).find(anAddress(address)), {});
    assert.deepEqual(server.asked, []);
  });
}

for (const address of ["::1", "::", "fe80::1", "fe80::1%eth0", "fd12::1", "::ffff:10.0.0.1"]) {
  test(`${address} is never sent to the service`, async () => {
    await using server = await IpApiServer.start();
    await asking(server).find(anAddress(address));
    assert.deepEqual(server.asked, []);
  });
}

test("no 60 seconds have more requests than the budget allows", async () => {
  await using server = await IpApiServer.start();
  const clock = new ManualClock();
  const service = asking(server, { clock, budgetPerMinute: 5 });
  const all = await Promise.all(Array.from({ length: 30 }, (_, i) => service.find(anAddress(`198.51.100.${i}`))));
  assert.equal(server.asked.length, 5);
  assert.equal(all.filter(({ place }) => place !== undefined).length, 5);
  clock.advance(59_000);
  await service.find(anAddress("203.0.113.1"));
  assert.equal(server.asked.length, 5);
  clock.advance(1000);
  await service.find(anAddress("203.0.113.1"));
  assert.equal(server.asked.length, 6);
});

test("X-Rl 0 stops requests for X-Ttl seconds", async () => {
  await using server = await IpApiServer.start(answering(heidelberg, { "X-Rl": "0", "X-Ttl": "17" }));
  const clock = new ManualClock();
  const service = asking(server, { clock });
  await service.find(peer);
  await service.find(anAddress("198.51.100.8"));
  clock.advance(16_900);
  await service.find(anAddress("198.51.100.9"));
  assert.equal(server.asked.length, 1);
  clock.advance(100);
  await service.find(anAddress("198.51.100.10"));
  assert.equal(server.asked.length, 2);
});

test("the remaining requests that the service reports count if they are less than the budget", async () => {
  await using server = await IpApiServer.start(answering(heidelberg, { "X-Rl": "2", "X-Ttl": "30" }));
  const service = asking(server, { clock: new ManualClock() });
  await service.find(peer);
  // Its later answers, still "2", do not restore what was used.
  for (let i = 20; i < 30; i++) await service.find(anAddress(`198.51.100.${i}`));
  assert.equal(server.asked.length, 3);
});

for (const [headers, seconds] of [
  [{ "X-Ttl": "33" }, 33],
  [{ "Retry-After": "90" }, 90],
  [{}, 60],
] as const) {
  test(`status 429 with ${JSON.stringify(headers)} stops requests for ${seconds} seconds`, async () => {
    await using server = await IpApiServer.start(answering("", headers, 429));
    const clock = new ManualClock();
    const log = new KeptLog();
    const service = asking(server, { clock, log });
    assert.deepEqual(await service.find(peer), {});
    clock.advance(seconds * 1000 - 1);
    await service.find(anAddress("198.51.100.8"));
    assert.equal(server.asked.length, 1);
    server.handler = answering(heidelberg);
    clock.advance(1);
    assert.equal((await service.find(anAddress("198.51.100.8"))).place?.city, "Heidelberg");
    assert.equal(log.warnings.length, 1);
  });
}

test("silence ends at the time limit, and is logged once", async () => {
  await using server = await IpApiServer.start(() => undefined);
  const clock = new ManualClock();
  const log = new KeptLog();
  const service = asking(server, { clock, log });
  for (const [index, address] of [peer, anAddress("198.51.100.8")].entries()) {
    const finding = service.find(address);
    await server.received(index + 1);
    clock.advance(5000);
    assert.deepEqual(await finding, {});
  }
  assert.equal(clock.sleepers, 0);
  assert.equal(log.warnings.length, 1);
  assert.equal(log.lines[0]?.fields["problem"], "it did not answer in time");
});

test("an endless body is cut off at the time limit", async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  await using server = await IpApiServer.start((_, response) => {
    response.writeHead(200);
    response.write('{"status":', () => begin());
  });
  const clock = new ManualClock();
  const finding = asking(server, { clock }).find(peer);
  await begun;
  clock.advance(5000);
  assert.deepEqual(await finding, {});
});

const large = JSON.stringify({ ...heidelberg, message: "x".repeat(1_000_000) });
for (const [what, handler] of [
  ["too long", answering(large)],
  [
    "small only while compressed",
    (_: unknown, response: import("node:http").ServerResponse) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(large));
    },
  ],
  ["no JSON", answering("<html>login</html>")],
  ["of another shape", answering([1, 2, 3])],
  ["an error of the server", answering(heidelberg, {}, 500)],
  ["a redirection", answering("", { location: "http://127.0.0.1:1/" }, 302)],
] as const) {
  test(`an answer that is ${what} is not used`, async () => {
    await using server = await IpApiServer.start(handler);
    const log = new KeptLog();
    assert.deepEqual(await asking(server, { log }).find(peer), {});
    assert.equal(log.warnings.length, 1);
    assert.doesNotMatch(JSON.stringify(log.lines), /127\.0\.0\.1/, "the endpoint may hold a key");
  });
}

test("a failed address is not queried again immediately, and another address is tried", async () => {
  await using server = await IpApiServer.start(answering("", {}, 500));
  const service = asking(server, { clock: new ManualClock() });
  await service.find(peer);
  await service.find(peer);
  assert.equal(server.asked.length, 1);
  server.handler = answering(heidelberg);
  assert.equal((await service.find(anAddress("198.51.100.8"))).provider, "Vodafone");
});

test("an address that the service does not know is not a failure", async () => {
  await using server = await IpApiServer.start(answering({ status: "fail", message: "reserved range" }));
  const log = new KeptLog();
  const service = asking(server, { log });
  assert.deepEqual(await service.find(peer), {});
  assert.deepEqual(await service.find(peer), {});
  assert.equal(server.asked.length, 1);
  assert.deepEqual(log.lines, []);
});

test("shutdown aborts running requests", async () => {
  await using server = await IpApiServer.start(() => undefined);
  const log = new KeptLog();
  const service = asking(server, { log, timeoutMs: 60_000 });
  const finding = service.find(peer);
  await server.received(1);
  service.stop();
  assert.deepEqual(await finding, {});
  assert.deepEqual(log.lines, []);
});

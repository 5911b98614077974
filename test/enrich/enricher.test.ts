import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { Enricher, type EnricherOptions } from "../../src/inbound/enrich/enricher.ts";
import { ManualClock } from "../notify/manual-clock.ts";
import { equalFacts } from "../wire/equal-facts.ts";
import { anAddress } from "./an-address.ts";
import { address, DnsServer, names, noSuchName, silence } from "./dns-server.ts";
import { answering, heidelberg, IpApiServer } from "./ip-api-server.ts";
import { KeptLog } from "./kept-log.ts";
import { mmdbOf, type RecordValue } from "./mmdb-file.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const peer = anAddress("198.51.100.7");

const berlin: RecordValue = {
  country: { iso_code: "DE", names: { en: "Germany", de: "Deutschland" } },
  city: { names: { en: "Berlin" } },
  location: { latitude: 52.5, longitude: 13.4 },
};
const countryOnly: RecordValue = { country: { iso_code: "DE", names: { en: "Germany" } } };

/** Sources of which a test enables what it needs; a separate network, with databases made for it. */
class Scene implements Disposable {
  readonly folder = new TemporaryFolder();
  readonly clock = new ManualClock();
  readonly log = new KeptLog();

  database(name: string, record: RecordValue): string {
    const path = this.folder.file(name);
    writeFileSync(path, mmdbOf({ "198.51.100.0/24": record, "10.0.0.0/8": record, "11.0.0.0/8": record }));
    return path;
  }

  enricher(options: Partial<EnricherOptions> = {}): Enricher {
    return new Enricher({
      countryData: false,
      rdns: { enabled: false, timeoutMs: 5000 },
      ipApi: { enabled: false, endpoint: "http://127.0.0.1:1/", budgetPerMinute: 40 },
      allowPrivate: false,
      cacheSize: 1000,
      clock: this.clock,
      log: this.log,
      ...options,
    });
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

function rdnsOf(server: DnsServer): EnricherOptions["rdns"] {
  return { enabled: true, timeoutMs: 5000, servers: [server.endpoint] };
}

function ipApiOf(server: IpApiServer): EnricherOptions["ipApi"] {
  return { enabled: true, endpoint: server.endpoint, budgetPerMinute: 40 };
}

test("place, network and name of a peer are found together", async () => {
  using scene = new Scene();
  await using dns = await DnsServer.start(({ type }) =>
    type === "PTR" ? names("scan.example.net") : address(198, 51, 100, 7),
  );
  const enricher = scene.enricher({
    cityDatabase: scene.database("city", berlin),
    asnDatabase: scene.database("asn", {
      autonomous_system_number: 64_500,
      autonomous_system_organization: "Example Carrier",
    }),
    rdns: rdnsOf(dns),
  });
  equalFacts(await enricher.enrich(peer), {
    countryCode: "DE",
    country: "Germany",
    city: "Berlin",
    latitude: 52.5,
    longitude: 13.4,
    placeSource: "maxmind",
    asn: 64_500,
    organization: "Example Carrier",
    provider: "AS64500 Example Carrier",
    hostname: "scan.example.net",
    hostnameConfirmed: true,
  });
});

test("available results are returned immediately: databases once they are open, names once they were found", async () => {
  using scene = new Scene();
  await using dns = await DnsServer.start(({ type }) =>
    type === "PTR" ? names("host.example.net") : address(198, 51, 100, 7),
  );
  const enricher = scene.enricher({
    cityDatabase: scene.database("city", berlin),
    asnDatabase: scene.database("asn", { autonomous_system_number: 64_500 }),
    rdns: rdnsOf(dns),
  });

  assert.deepEqual([enricher.known(peer), enricher.knownCountry(peer)], [{}, undefined]);
  await enricher.enrich(peer);
  assert.equal(enricher.knownCountry(peer), "DE");
  assert.equal(enricher.knownCountry(anAddress("10.0.0.1")), undefined);
  const { city, asn, hostname } = enricher.known(peer);
  assert.deepEqual([city, asn, hostname], ["Berlin", 64_500, "host.example.net"]);
  assert.deepEqual(enricher.known(anAddress("203.0.113.9")), {});
});

test("the deadline ends the wait with what is known, and later results are available the next time", async () => {
  using scene = new Scene();
  const late = Promise.withResolvers<void>();
  await using dns = await DnsServer.start(() => noSuchName);
  const enricher = scene.enricher({ cityDatabase: scene.database("city", berlin), rdns: rdnsOf(dns) });
  // From here on the database is open, so that its result is there long before any packet.
  await enricher.enrich(anAddress("198.51.100.99"));
  dns.answer = async ({ type }) => {
    await late.promise;
    return type === "PTR" ? names("late.example") : noSuchName;
  };

  const hurried = enricher.enrich(peer, { deadlineMs: 300 });
  await dns.asked(2);
  scene.clock.advance(300);
  const { city, hostname } = await hurried;
  assert.deepEqual([city, hostname], ["Berlin", undefined]);

  const patient = enricher.enrich(peer);
  late.resolve();
  assert.deepEqual((await patient).hostname, "late.example");
  const asked = dns.questions.length;
  const again = await enricher.enrich(peer, { deadlineMs: 300 });
  assert.deepEqual([again.hostname, again.hostnameConfirmed], ["late.example", false]);
  assert.equal(dns.questions.length, asked);
});

test("a name is returned even if its confirmation is missing at the deadline", async () => {
  using scene = new Scene();
  await using dns = await DnsServer.start(({ type }) => (type === "PTR" ? names("half.example") : silence));
  const enricher = scene.enricher({ rdns: rdnsOf(dns) });
  const enriching = enricher.enrich(peer, { deadlineMs: 300 });
  await dns.asked(2);
  scene.clock.advance(300);
  assert.deepEqual(await enriching, { hostname: "half.example" });
  await enricher.stop();
});

test("a signal ends the wait", async () => {
  using scene = new Scene();
  await using dns = await DnsServer.start(() => silence);
  const enricher = scene.enricher({ rdns: rdnsOf(dns) });
  const enough = new AbortController();
  const enriching = enricher.enrich(peer, { signal: enough.signal, deadlineMs: 60_000 });
  await dns.asked(1);
  enough.abort();
  assert.deepEqual(await enriching, {});
  await enricher.stop();
  assert.equal(scene.clock.sleepers, 0);
});

test("an address that is requested a thousand times at once is looked up once", async () => {
  using scene = new Scene();
  await using dns = await DnsServer.start(({ type }) =>
    type === "PTR" ? names("scan.example.net") : address(198, 51, 100, 7),
  );
  await using service = await IpApiServer.start();
  const enricher = scene.enricher({ rdns: rdnsOf(dns), ipApi: ipApiOf(service) });
  const origins = await Promise.all(Array.from({ length: 1000 }, () => enricher.enrich(peer, { deadlineMs: 60_000 })));
  assert.equal(dns.questions.length, 2);
  assert.equal(service.asked.length, 1);
  assert.equal(new Set(origins.map((origin) => JSON.stringify(origin))).size, 1);
  assert.equal(origins[0]?.city, "Heidelberg");
  assert.equal(scene.clock.sleepers, 0);
});

test("ip-api is not queried if a database names the city", async () => {
  using scene = new Scene();
  await using service = await IpApiServer.start();
  const enricher = scene.enricher({ cityDatabase: scene.database("city", berlin), ipApi: ipApiOf(service) });
  assert.equal((await enricher.enrich(peer)).city, "Berlin");
  assert.deepEqual(service.asked, []);
});

test("ip-api names the city if a database names only the country", async () => {
  using scene = new Scene();
  await using service = await IpApiServer.start();
  const enricher = scene.enricher({ cityDatabase: scene.database("city", countryOnly), ipApi: ipApiOf(service) });
  const { city, placeSource, organization, provider } = await enricher.enrich(peer);
  assert.deepEqual([city, placeSource, organization, provider], ["Heidelberg", "ip-api", "Vodafone GmbH", "Vodafone"]);
});

test("ip-api does not override the country from MaxMind", async () => {
  using scene = new Scene();
  await using service = await IpApiServer.start(answering({ ...heidelberg, countryCode: "FR", country: "France" }));
  const enricher = scene.enricher({ cityDatabase: scene.database("city", countryOnly), ipApi: ipApiOf(service) });
  const { countryCode, city, placeSource } = await enricher.enrich(peer);
  assert.deepEqual([countryCode, city, placeSource], ["DE", undefined, "maxmind"]);
});

test("ip-api overrides the shipped country data, which know only where a network is registered", async () => {
  using scene = new Scene();
  await using service = await IpApiServer.start();
  const enricher = scene.enricher({ countryData: true, ipApi: ipApiOf(service) });
  const { countryCode, city, placeSource } = await enricher.enrich(anAddress("8.8.8.8"));
  assert.deepEqual([countryCode, city, placeSource], ["DE", "Heidelberg", "ip-api"]);
});

test("ip-api's network is not combined with another one from the ASN database", async () => {
  using scene = new Scene();
  await using service = await IpApiServer.start();
  const enricher = scene.enricher({
    asnDatabase: scene.database("asn", { autonomous_system_number: 64_500 }),
    ipApi: ipApiOf(service),
  });
  const { asn, organization, provider } = await enricher.enrich(peer);
  assert.deepEqual([asn, organization, provider], [64_500, undefined, "Vodafone"]);
});

test("a private address has a place only if that is allowed, and is never sent to ip-api", async () => {
  using scene = new Scene();
  await using service = await IpApiServer.start();
  const inside = anAddress("10.1.2.3");
  const options = { cityDatabase: scene.database("city", countryOnly), ipApi: ipApiOf(service) };
  assert.deepEqual(await scene.enricher(options).enrich(inside), {});
  assert.equal((await scene.enricher({ ...options, allowPrivate: true }).enrich(inside)).country, "Germany");
  assert.deepEqual(service.asked, []);
});

test("the name of a private address is looked up", async () => {
  using scene = new Scene();
  await using dns = await DnsServer.start(({ type }) => (type === "PTR" ? names("printer") : address(10, 1, 2, 3)));
  const origin = await scene.enricher({ rdns: rdnsOf(dns) }).enrich(anAddress("10.1.2.3"));
  assert.deepEqual(origin, { hostname: "printer", hostnameConfirmed: true });
});

test("a missing database removes only its own part", async () => {
  using scene = new Scene();
  const enricher = scene.enricher({
    cityDatabase: scene.folder.file("none"),
    asnDatabase: scene.folder.file("none"),
    countryData: true,
  });
  assert.equal((await enricher.enrich(anAddress("8.8.8.8"))).country, "United States");
  assert.equal(scene.log.warnings.length, 2);
});

test("shutdown does not wait for silent servers, and the databases still answer afterwards", async () => {
  using scene = new Scene();
  await using dns = await DnsServer.start(() => silence);
  await using service = await IpApiServer.start(() => undefined);
  const enricher = scene.enricher({
    cityDatabase: scene.database("city", countryOnly),
    rdns: rdnsOf(dns),
    ipApi: ipApiOf(service),
  });
  const enriching = enricher.enrich(peer);
  await Promise.all([dns.asked(1), service.received(1)]);
  await enricher.stop();
  assert.equal((await enriching).country, "Germany");
  assert.equal((await enricher.enrich(peer)).country, "Germany");
});

test("six thousand peers at once all get a place, with a bounded number of DNS queries", async () => {
  using scene = new Scene();
  await using dns = await DnsServer.start(() => noSuchName);
  const enricher = scene.enricher({ cityDatabase: scene.database("city", berlin), rdns: rdnsOf(dns) });
  const origins = await Promise.all(
    Array.from({ length: 6000 }, (_, i) => enricher.enrich(anAddress(`11.0.${i >> 8}.${i & 255}`))),
  );
  assert.ok(origins.every(({ city }) => city === "Berlin"));
  const asked = new Set(dns.questions.map(({ name }) => name)).size;
  assert.ok(asked >= 16 && asked <= 1016, `${asked} names asked for`);
});

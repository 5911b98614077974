import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CheckResult } from "../../../core/check.ts";
import { compare } from "./compare.ts";

const day = 86_400_000;
const now = Date.UTC(2030, 0, 1);

function service(protocol: string, product?: string, version?: string): CheckResult {
  return { check: "service", passed: true, output: protocol, facts: { protocol, product, version } };
}

function exposure(verdict: "exposed" | "protected", more: Record<string, unknown> = {}): CheckResult {
  const facts = { service: "redis", verdict, reason: "answers PING", evidence: "+PONG\nmore", ...more };
  return { check: "exposure", passed: verdict === "exposed", verdict, output: verdict, facts };
}

interface Made {
  readonly subject?: string;
  readonly issuer?: string;
  readonly sha256?: string;
  readonly keySha256?: string;
  readonly validTo?: number | undefined;
  readonly selfSigned?: boolean;
}

function made(given: Made): Record<string, unknown> {
  const validTo = "validTo" in given ? given.validTo : now + 90 * day;
  return {
    subject: "CN=host",
    issuer: "CN=issuer",
    sha256: "AA",
    keySha256: "bb",
    serial: "01",
    names: [],
    selfSigned: false,
    sha1: "AA",
    keyType: "ec",
    signatureAlgorithm: "ecdsa-with-SHA256",
    authority: false,
    daysLeft: 90,
    ...given,
    validFrom: new Date(now - day).toISOString(),
    validTo: validTo === undefined ? undefined : new Date(validTo).toISOString(),
  };
}

function cert(...chain: readonly Made[]): CheckResult {
  return { check: "cert", passed: true, output: "", facts: { chain: chain.map(made) } };
}

/** Results of checks that could not run. */
const blind: readonly CheckResult[] = [
  { check: "service", passed: false, output: "port is closed", facts: { state: "closed", reason: "refused" } },
  { check: "service", passed: false, output: "unknown service, it sends nothing", facts: { protocol: "unknown" } },
  {
    check: "exposure",
    passed: false,
    verdict: "inconclusive",
    output: "",
    facts: { service: "redis", verdict: "inconclusive", reason: "time-out", state: "filtered" },
  },
  { check: "cert", passed: false, output: "No certificate collected", facts: { state: "refused", reason: "alert" } },
  { check: "cert", passed: false, output: "No certificate collected", facts: { state: "not-connected" } },
];

/** A service as one watch sees it over years. */
class Watched {
  #memory: string | undefined;

  look(results: readonly CheckResult[], at = now, presence?: "new" | "returned"): readonly string[] {
    const compared = compare(this.#memory, results, { now: at, presence });
    this.#memory = compared.memory;
    return compared.news.map(({ kind, detail }) => `${kind}: ${detail}`);
  }

  kinds(...parameters: Parameters<Watched["look"]>): readonly string[] {
    return this.look(...parameters).map((line) => line.slice(0, line.indexOf(":")));
  }
}

test("another product or version is reported, with both", () => {
  const watched = new Watched();
  assert.deepEqual(watched.look([service("http", "nginx", "1.22.1")]), []);
  assert.deepEqual(watched.look([service("http", "nginx", "1.24.0")]), ["changed: was nginx 1.22.1, is nginx 1.24.0"]);
  assert.deepEqual(watched.look([service("http", "nginx", "1.24.0")]), []);
  assert.deepEqual(watched.look([service("http", "Apache")]), ["changed: was nginx 1.24.0, is Apache"]);
});

test("a missing product is not a change, and neither is one that is found later", () => {
  const watched = new Watched();
  assert.deepEqual(watched.look([service("http")]), []);
  assert.deepEqual(watched.look([service("http", "nginx")]), []);
  assert.deepEqual(watched.look([service("http", "nginx", "1.22")]), []);
  assert.deepEqual(watched.look([service("https", "nginx")]), []);
  assert.deepEqual(watched.look([service("http")]), []);
  assert.deepEqual(watched.look([service("http", "nginx", "1.24")]), ["changed: was nginx 1.22, is nginx 1.24"]);
});

test("a product that only the check of the exposure read is in the record of the service, and is not compared", () => {
  const results = [service("mqtt"), exposure("exposed", { service: "mqtt", product: "Mosquitto", version: "2.0.11" })];
  const first = compare(undefined, results, { now });
  assert.deepEqual(first.found.service, { name: "mqtt", product: "Mosquitto", version: "2.0.11" });
  const other = [service("mqtt", "HiveMQ", "4"), exposure("exposed", { service: "mqtt", product: "Mosquitto" })];
  const second = compare(first.memory, other, { now });
  assert.deepEqual(second.found.service, { name: "mqtt", product: "HiveMQ", version: "4" });
  assert.deepEqual(second.news, []);
});

test("without a product another protocol is a change, and TLS around it is not", () => {
  const watched = new Watched();
  watched.look([service("http")]);
  assert.deepEqual(watched.look([service("https")]), []);
  assert.deepEqual(watched.look([service("ssh", "OpenSSH", "9.2")]), ["changed: was HTTPS, is OpenSSH 9.2"]);
  assert.deepEqual(watched.look([service("telnet")]), ["changed: was OpenSSH 9.2, is Telnet"]);
});

test("a product that was remembered by another name is the same", () => {
  const watched = new Watched();
  watched.look([service("nats", "nats-server", "2.9.10")]);
  assert.deepEqual(watched.look([service("nats", "NATS", "2.9.10")]), []);
  assert.deepEqual(watched.look([service("nats", "NATS", "2.10.1")]), ["changed: was NATS 2.9.10, is NATS 2.10.1"]);
});

test("exposure is reported when it begins, for new hosts too, and when it ends", () => {
  const watched = new Watched();
  assert.deepEqual(watched.look([exposure("protected")], now, "new"), []);
  assert.deepEqual(watched.look([exposure("exposed", { version: "7.0.15" })]), [
    "exposed: Redis 7.0.15: answers PING (+PONG), was protected",
  ]);
  assert.deepEqual(watched.look([exposure("exposed")]), []);
  assert.deepEqual(watched.look([exposure("exposed", { service: "mongodb", evidence: undefined })]), [
    "exposed: MongoDB: answers PING, was exposed as Redis",
  ]);
  assert.deepEqual(watched.look([exposure("protected", { reason: "wants a password" })]), [
    "changed: was exposed as MongoDB, is protected: Redis: wants a password",
  ]);
  assert.deepEqual(new Watched().look([exposure("exposed")], now, "new"), ["exposed: Redis: answers PING (+PONG)"]);
});

test("exposure is reported again when the service is back after it was gone", () => {
  const watched = new Watched();
  watched.look([exposure("exposed")], now, "new");
  const again = "exposed: Redis: answers PING (+PONG), was exposed before it was gone";
  assert.deepEqual(watched.look([exposure("exposed")], now, "returned"), [again]);
  assert.deepEqual(watched.look([exposure("exposed")]), []);
  assert.deepEqual(watched.look([exposure("protected", { reason: "wants a password" })], now, "returned"), [
    "changed: was exposed as Redis, is protected: Redis: wants a password",
  ]);
  assert.deepEqual(watched.look([exposure("protected")], now, "returned"), []);
});

test("exposure is reported again also where the first checks of the returned service proved nothing", () => {
  const inconclusive: CheckResult = { check: "exposure", passed: false, output: "no answer", facts: {} };
  const again = "exposed: Redis: answers PING (+PONG), was exposed before it was gone";
  const watched = new Watched();
  watched.look([exposure("exposed")], now, "new");
  assert.deepEqual(watched.look([inconclusive], now, "returned"), []);
  assert.deepEqual(watched.look([inconclusive]), []);
  assert.deepEqual(watched.look([exposure("exposed")]), [again]);
  assert.deepEqual(watched.look([exposure("exposed")]), [], "once");
  watched.look([], now, "returned");
  assert.deepEqual(watched.look([exposure("protected", { reason: "wants a password" })]), [
    "changed: was exposed as Redis, is protected: Redis: wants a password",
  ]);
  watched.look([inconclusive]);
  assert.deepEqual(watched.look([exposure("protected")]), []);
});

test("certificate changes are reported in words", () => {
  const watched = new Watched();
  assert.deepEqual(watched.look([cert({ selfSigned: true })]), [
    "certificate-new: CN=host; self-signed; until 2030-04-01 UTC; SHA-256 AA",
  ]);
  assert.deepEqual(watched.look([cert({ sha256: "CC", keySha256: "dd", issuer: "CN=other" })]), [
    "certificate-changed: another fingerprint, issuer and key: was CN=host, until 2030-04-01 UTC, SHA-256 AA; " +
      "is CN=host; issued by CN=other; until 2030-04-01 UTC; SHA-256 CC",
  ]);
  const issuer = { sha256: "II", subject: "", validTo: now + 5 * day };
  const chain = [cert({ sha256: "CC", keySha256: "dd", issuer: "CN=other" }, issuer)];
  assert.deepEqual(watched.look(chain), [
    "certificate-expiring: 7 days or less: issuer in the chain: no subject; issued by CN=issuer; " +
      "until 2030-01-06 UTC, 5 days left; SHA-256 II",
  ]);
  assert.deepEqual(watched.look(chain, now + 5 * day + 1), [
    "certificate-expired: issuer in the chain: no subject; issued by CN=issuer; until 2030-01-06 UTC, ended today; SHA-256 II",
  ]);
  assert.deepEqual(new Watched().look([cert({ validTo: now - 3 * day })], now, "new"), [
    "certificate-expired: CN=host; issued by CN=issuer; until 2029-12-29 UTC, ended 3 days ago; SHA-256 AA",
  ]);
});

test("the first certificate of a new service is not news, but its expiry is", () => {
  assert.deepEqual(new Watched().kinds([cert({})], now, "new"), []);
  assert.deepEqual(new Watched().kinds([cert({ validTo: now + day })], now, "new"), ["certificate-expiring"]);
  assert.deepEqual(new Watched().kinds([cert({ validTo: now + day })]), ["certificate-new", "certificate-expiring"]);
});

test("each expiry step is reported once over years, with failures in between", () => {
  const watched = new Watched();
  const reported: string[] = [];
  for (let hour = 0; hour < 24 * 95; hour++) {
    const results = hour % 7 === 3 ? blind : [cert({}, { sha256: "LATER", validTo: now + 400 * day })];
    reported.push(...watched.look(results, now + hour * 3_600_000, hour === 0 ? "new" : undefined));
  }
  assert.deepEqual(
    reported.map((line) => /^[^;]*?(?=: CN)/.exec(line)?.[0]),
    [
      "certificate-expiring: 30 days or less",
      "certificate-expiring: 14 days or less",
      "certificate-expiring: 7 days or less",
      "certificate-expiring: 1 day or less",
      "certificate-expired",
    ],
  );
});

/** The reports about a certificate that expires 90 days after `now`, checked at these times, in days after `now`. */
function saidAt(...days: readonly number[]): string[] {
  const watched = new Watched();
  return days.flatMap((at, index) =>
    watched
      .look([cert({})], now + at * day, index === 0 ? "new" : undefined)
      .map((line) => `${at}: ${/(?<=certificate-)[^;]*?(?=: CN)/.exec(line)?.[0]}`),
  );
}

test("a clock that is corrected by seconds or hours at an expiry step reports it once", () => {
  assert.deepEqual(saidAt(59.9, 60.01, 59.99, 60.01, 60.5, 59.6, 60.1), ["60.01: expiring: 30 days or less"]);
  assert.deepEqual(saidAt(89.9, 90.01, 89.9, 90.01, 91), ["89.9: expiring: 1 day or less", "90.01: expired"]);
});

test("a clock that was a year wrong for a while loses no future expiry step", () => {
  const later = ["76: expiring: 14 days or less", "83: expiring: 7 days or less", "89: expiring: 1 day or less"];
  const rest = [61, 62, 75.9, 76, 83, 89, 90] as const;
  assert.deepEqual(saidAt(10, 375, 10.1, 59, 60, ...rest), [
    "375: expired",
    "60: expiring: 30 days or less",
    ...later,
    "90: expired",
  ]);
  // Between two steps: the nearer one was reported, with the expiry date.
  assert.deepEqual(saidAt(61, 375, ...rest), [
    "61: expiring: 30 days or less",
    "375: expired",
    ...later,
    "90: expired",
  ]);
  // It is unknown which clock was wrong: the reported step is reported once more, and no other.
  const repeated = "61: expiring: 30 days or less";
  assert.deepEqual(saidAt(61, -305, -300, ...rest), [repeated, repeated, ...later, "90: expired"]);
});

test("a certificate with an unreadable expiry hides no other", () => {
  const watched = new Watched();
  assert.deepEqual(watched.look([cert({ validTo: undefined })]), [
    "certificate-new: CN=host; issued by CN=issuer; until an unreadable date; SHA-256 AA",
  ]);
  assert.deepEqual(watched.kinds([cert({ validTo: undefined })]), []);
  const issuer = { sha256: "II", validTo: now };
  assert.deepEqual(watched.kinds([cert({ validTo: undefined }, issuer)]), ["certificate-expired"]);
  assert.deepEqual(watched.kinds([cert({ validTo: undefined }, issuer)]), []);
});

test("a check that could not run is not news, and changes no memory", () => {
  const watched = new Watched();
  const found = [service("http", "nginx", "1.22"), exposure("exposed"), cert({})];
  assert.equal(watched.look(found).length, 2);
  for (const result of blind) assert.deepEqual(watched.look([result]), []);
  assert.deepEqual(watched.look(found), []);
});

test("unreadable memory counts as empty", () => {
  for (const memory of ["", "x", "[]", '{"service":{}}', '{"certificates":{"chain":[{}],"seenAt":1}}']) {
    const { news } = compare(memory, [service("http", "nginx"), cert({})], { now });
    assert.deepEqual(
      news.map(({ kind }) => kind),
      ["certificate-new"],
    );
  }
});

test("facts of another shape are ignored", () => {
  const results: readonly CheckResult[] = [
    { check: "service", passed: true, output: "", facts: { protocol: 7 } },
    { check: "exposure", passed: true, verdict: "exposed", output: "", facts: {} },
    { check: "cert", passed: true, output: "", facts: { chain: [] } },
    { check: "tls", passed: true, output: "", facts: { chain: [made({})] } },
  ];
  assert.deepEqual(compare(undefined, results, { now }), {
    memory: "{}",
    news: [],
    found: { service: undefined, chain: undefined },
  });
});

test("after any findings: the same again is not news, and a failed check neither reports nor forgets", () => {
  const names = fc.constantFrom("a", "b");
  const maybe = fc.option(names, { nil: undefined });
  const certificate = fc.record({
    subject: names,
    issuer: names,
    sha256: fc.constantFrom("A", "B", "C"),
    keySha256: names,
    validTo: fc.option(fc.integer({ min: now - 40 * day, max: now + 40 * day }), { nil: undefined }),
  });
  const one = fc.oneof(
    fc.tuple(names, maybe, maybe).map((parts) => service(...parts)),
    fc
      .tuple(fc.constantFrom("exposed" as const, "protected" as const), names)
      .map(([verdict, entry]) => exposure(verdict, { service: entry })),
    fc.array(certificate, { minLength: 1, maxLength: 4 }).map((chain) => cert(...chain)),
    fc.constantFrom(...blind),
  );
  const look = fc.record({
    results: fc.array(one, { maxLength: 3 }),
    hours: fc.nat({ max: 400 }),
    presence: fc.constantFrom("new" as const, "returned" as const, undefined),
  });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 12 }), (looks) => {
      let memory: string | undefined;
      let at = now - 20 * day;
      for (const { results, hours, presence } of looks) {
        at += hours * 3_600_000;
        const first = compare(memory, results, { now: at, presence });
        const again = compare(first.memory, results, { now: at });
        assert.deepEqual(again.news, []);
        const unseen = compare(first.memory, blind, { now: at + 400 * day });
        assert.deepEqual(unseen, { memory: first.memory, news: [], found: { service: undefined, chain: undefined } });
        assert.ok(first.memory.length < 1000);
        memory = first.memory;
      }
    }),
  );
});

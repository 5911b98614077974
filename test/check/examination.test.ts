import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { type Address, parseAddress } from "../../src/core/address.ts";
import type { Check, CheckResult } from "../../src/core/check.ts";
import type { Audience } from "../../src/core/delivery.ts";
import type { ExaminationStore } from "../../src/core/examination.ts";
import { silentLog } from "../../src/core/log.ts";
import type { ScanSummary, Store } from "../../src/core/store.ts";
import type { Watch } from "../../src/core/watch.ts";
import { createPostCommand } from "../../src/outbound/check/post-command/post-command.ts";
import { Examination } from "../../src/outbound/examine/examination.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";

const audience: Audience = { label: "Lab", channel: "file", recipient: "", watches: ["lab", "other"] };
const day = 86_400_000;
const start = Date.UTC(2030, 0, 1);

/** A store, and scans and checks with scripted results. */
class Lab implements AsyncDisposable {
  readonly store: Store;
  readonly #folder: string;
  readonly stop = new AbortController();
  /** `host check` of everything that was asked. */
  readonly asked: string[] = [];
  now = start;
  answer: (host: string, check: string) => Promise<CheckResult> | CheckResult = (_host, check) => said(check);

  private constructor(store: Store, folder: string) {
    this.store = store;
    this.#folder = folder;
  }

  static async open(): Promise<Lab> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-examination-"));
    const file = path.join(folder, "harbinger.db");
    const clock = { ...systemClock, now: () => start };
    return new Lab(await openSqliteStore({ file, clock, log: silentLog, role: "all" }), folder);
  }

  async scan(hosts: readonly string[], watch = "lab"): Promise<ScanSummary> {
    const session = await this.store.scans.begin({ watch, ports: [443], engine: "connect", at: this.now });
    await session.add(hosts.map((host) => ({ address: address(host), port: 443 })));
    return await session.finish({
      at: this.now,
      status: "complete",
      engine: "connect",
      notes: [],
      coverage: { kind: "all" },
      policy: { goneAfter: 1, flapLimit: 9, flapWindowMs: day, announceFailure: "always" },
      audiences: [audience],
    });
  }

  examination(examinations: ExaminationStore = this.store.examinations): Examination {
    const { discoveries } = this.store;
    return new Examination({
      discoveries,
      examinations,
      checks: ["service", "exposure", "cert"].map((name) => this.#check(name)),
      runPostCommand: createPostCommand(),
      clock: { ...systemClock, now: () => this.now },
      log: silentLog,
    });
  }

  async examine(watch: Partial<Watch> = {}, examination = this.examination()): Promise<void> {
    await examination.examine({ watch: { ...lab, ...watch }, audiences: [audience] }, this.stop.signal);
  }

  /** `kind address: detail` of all discoveries, oldest first. */
  async told(): Promise<readonly string[]> {
    const discoveries = (await this.store.discoveries.list({ limit: 10_000 })).rows;
    return discoveries
      .toReversed()
      .map(({ kind, address, detail }) => `${kind} ${address}${detail === undefined ? "" : `: ${detail}`}`);
  }

  async evidenceOf(host: string): Promise<string | undefined> {
    const found = (await this.store.discoveries.list({ limit: 1, address: address(host) })).rows;
    return found[0]?.evidence;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #check(name: string): Check {
    return {
      name,
      description: "",
      options: [],
      run: async ({ host }) => {
        this.asked.push(`${host} ${name}`);
        return await this.answer(host, name);
      },
    };
  }
}

const lab: Watch = {
  name: "lab",
  label: "Lab",
  ports: [443],
  recipients: [],
  scan: { engine: "none" },
  checks: ["service"],
  goneAfter: 1,
  reportOn: "always",
};

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

function said(check: string, output = `${check} said`): CheckResult {
  return { check, passed: true, output, facts: {} };
}

function product(name: string, version: string): CheckResult {
  return { ...said("service"), facts: { protocol: "http", product: name, version } };
}

function showing(sha256: string): CheckResult {
  const certificate = {
    sha256,
    keySha256: sha256,
    subject: `CN=${sha256}`,
    issuer: "CN=issuer",
    serial: "1",
    validFrom: new Date(start - day).toISOString(),
    validTo: new Date(start + 90 * day).toISOString(),
    names: [],
    selfSigned: false,
    sha1: sha256,
    keyType: "ec",
    signatureAlgorithm: "ecdsa-with-SHA256",
    authority: false,
    daysLeft: 90,
  };
  return { ...said("cert"), facts: { chain: [certificate] } };
}

function hosts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
}

test("checks and command run on a new host, and both become its evidence and results", {
  skip: process.platform === "win32" ? "the command is for a POSIX shell" : false,
}, async () => {
  await using bench = await Lab.open();
  await bench.scan(["10.0.0.1", "fd00::1"]);
  await bench.examine({ checks: ["service", "cert"], postCommand: "echo hello {host}; test {host} = fd00::1" });
  assert.equal(
    await bench.evidenceOf("10.0.0.1"),
    "service: service said\ncert: cert said\n[Command failed: exit status 1]\nhello 10.0.0.1",
  );
  assert.equal(await bench.evidenceOf("fd00::1"), "service: service said\ncert: cert said\nhello fd00::1");
  const results = await bench.store.examinations.results({ address: address("10.0.0.1") });
  assert.deepEqual(
    results.map(({ check, passed, at }) => [check, passed, at]),
    [
      ["cert", true, start],
      ["post_command", false, start],
      ["service", true, start],
    ],
  );
  // Known now: the checks run again, the command does not.
  bench.now += 1;
  await bench.scan(["10.0.0.1", "fd00::1"]);
  await bench.examine({ postCommand: "touch /nonexistent/asked" });
  assert.deepEqual(bench.asked.slice(4).sort(), ["10.0.0.1 service", "fd00::1 service"]);
  const [again] = await bench.store.examinations.results({ address: address("fd00::1"), port: 443 });
  assert.equal(again?.at, start, "what was not asked stays");
});

test("a watch with only a command runs it on new hosts, and a watch with neither does nothing", {
  skip: process.platform === "win32" ? "the command is for a POSIX shell" : false,
}, async () => {
  await using bench = await Lab.open();
  await bench.scan(["10.0.0.1"]);
  await bench.examine({ checks: [] });
  assert.equal(await bench.evidenceOf("10.0.0.1"), undefined);
  await bench.examine({ checks: [], postCommand: "echo hello" });
  assert.equal(await bench.evidenceOf("10.0.0.1"), "hello");
  assert.deepEqual(bench.asked, []);
});

test("a change is reported once, and hosts that the scan did not find are not checked", async () => {
  await using bench = await Lab.open();
  await bench.scan(["10.0.0.1", "10.0.0.2"]);
  bench.answer = () => product("nginx", "1.22");
  await bench.examine();
  bench.answer = () => product("nginx", "1.24");
  bench.now += 1;
  await bench.scan(["10.0.0.1"]);
  await bench.examine();
  bench.now += 1;
  await bench.scan(["10.0.0.1"]);
  await bench.examine();
  assert.deepEqual(await bench.told(), [
    "new 10.0.0.1",
    "new 10.0.0.2",
    "gone 10.0.0.2",
    "changed 10.0.0.1: was nginx 1.22, is nginx 1.24",
  ]);
  const [service] = (await bench.store.services.list({ limit: 1 })).rows;
  assert.deepEqual([service?.name, service?.product, service?.version], ["http", "nginx", "1.24"]);
  bench.now += 1;
  await bench.scan(["10.0.0.1", "10.0.0.2"]);
  await bench.examine();
  assert.equal((await bench.told()).at(-1), "changed 10.0.0.2: was nginx 1.22, is nginx 1.24");
  assert.equal((await bench.told()).at(-2), "returned 10.0.0.2");
});

test("with recheck known hosts are checked when due, also by a run that is a little early", async () => {
  await using bench = await Lab.open();
  const asks = async () => {
    bench.asked.length = 0;
    await bench.scan(["10.0.0.1"]);
    await bench.examine({ recheckMs: day });
    return bench.asked.length;
  };
  assert.equal(await asks(), 1);
  bench.now += day / 2;
  assert.equal(await asks(), 0);
  bench.now += day / 2 - 5000;
  assert.equal(await asks(), 1);
});

test("discoveries of one service share one examination", async () => {
  await using bench = await Lab.open();
  bench.answer = () => ({
    ...said("exposure"),
    verdict: "exposed",
    facts: { service: "redis", verdict: "exposed", reason: "answers" },
  });
  for (const seen of [["10.0.0.1"], [], ["10.0.0.1"]]) {
    await bench.scan(seen);
    bench.now += 1;
  }
  await bench.examine({ checks: ["exposure"] });
  assert.deepEqual(bench.asked, ["10.0.0.1 exposure"]);
  const discoveries = (await bench.store.discoveries.list({ limit: 9 })).rows;
  assert.deepEqual(
    discoveries.map(({ kind, evidence }) => [kind, evidence]),
    [
      ["exposed", undefined],
      ["returned", "exposure said"],
      ["gone", undefined],
      ["new", "exposure said"],
    ],
  );
});

test("evidence lists other services with the same certificate, new and known", async () => {
  await using bench = await Lab.open();
  bench.answer = () => showing("WILD");
  await bench.scan(["10.0.0.1", "fd00::1"]);
  await bench.examine({ checks: ["cert"] });
  assert.equal(await bench.evidenceOf("10.0.0.1"), "cert said\nalso on [fd00::1]:443");
  bench.now += 1;
  await bench.scan(["10.0.0.1", "fd00::1", ...hosts(9).map((host) => host.replace("10.0.0", "10.0.1"))]);
  await bench.examine({ checks: ["cert"] });
  const evidence = (await bench.evidenceOf("10.0.1.8")) ?? "";
  assert.match(evidence, /^cert said\nalso on 10\.0\.1\.0:443, (?:\S+, ){3}\S+ and 5 more$/);
  // Only services that show it now are listed.
  bench.answer = () => showing("OTHER");
  for (const seen of [["10.0.0.1"], ["10.0.0.1", "10.0.9.9"]]) {
    bench.now += 1;
    await bench.scan(seen);
    await bench.examine({ checks: ["cert"] });
  }
  assert.equal(await bench.evidenceOf("10.0.9.9"), "cert said\nalso on 10.0.0.1:443");
});

test("all watches together examine at most 32 services at once, and a tarpit does not block others", async () => {
  await using bench = await Lab.open();
  const gate = Promise.withResolvers<void>();
  let underWay = 0;
  let most = 0;
  let answered = 0;
  bench.answer = async (host, check) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await (host === "10.0.0.0" ? gate.promise : new Promise((resolve) => setImmediate(resolve)));
    underWay -= 1;
    answered += 1;
    if (answered === 2 * 600 - 2) gate.resolve();
    return said(check);
  };
  const all = hosts(600);
  for (const watch of ["lab", "other"]) await bench.scan(all, watch);
  const examination = bench.examination();
  await Promise.all(["lab", "other"].map((name) => bench.examine({ name }, examination)));
  assert.equal(most, 32);
  assert.equal(answered, 1200);
  for (const watch of ["lab", "other"]) {
    assert.deepEqual(await bench.store.discoveries.awaitingEvidence({ watch, limit: 9 }), []);
  }
});

test("after an abort finished services are recorded, the next run examines the others, and nothing is reported twice", async () => {
  await using bench = await Lab.open();
  bench.answer = (host, check) => {
    if (host === "10.0.0.9" && check === "exposure") bench.stop.abort();
    return { ...said(check), verdict: "exposed", facts: { service: "redis", verdict: "exposed", reason: "answers" } };
  };
  const watch = { checks: ["service", "exposure"] };
  await bench.scan(hosts(200));
  await bench.examine(watch);
  const waiting = await bench.store.discoveries.awaitingEvidence({ watch: "lab", limit: 500 });
  assert.ok(waiting.length > 100 && waiting.length < 200, `${waiting.length}`);
  const half = await bench.store.examinations.results({ address: address("10.0.0.9") });
  assert.deepEqual(half, [], "the one that was being asked is not recorded at all");
  const before = (await bench.told()).filter((line) => line.startsWith("exposed"));
  assert.equal(before.length, 200 - waiting.length);

  Object.assign(bench, { stop: new AbortController(), asked: [] });
  bench.answer = (_host, check) => ({
    ...said(check),
    verdict: "exposed",
    facts: { service: "redis", verdict: "exposed", reason: "answers" },
  });
  bench.now += 1;
  await bench.scan(hosts(200));
  await bench.examine(watch);
  const exposed = (await bench.told()).filter((line) => line.startsWith("exposed"));
  assert.equal(exposed.length, 200);
  assert.equal(new Set(exposed).size, 200);
  assert.deepEqual(await bench.store.discoveries.awaitingEvidence({ watch: "lab", limit: 9 }), []);
});

test("a failure of the store is thrown, and the services are examined again without losing news", async () => {
  await using bench = await Lab.open();
  bench.answer = () => product("nginx", "1.22");
  await bench.scan(hosts(120));
  await bench.examine();
  bench.answer = () => product("nginx", "1.24");
  bench.now += 1;
  await bench.scan(hosts(120));
  let records = 0;
  const { examinations } = bench.store;
  const failing: ExaminationStore = {
    due: (query) => examinations.due(query),
    remembered: (query) => examinations.remembered(query),
    results: (query) => examinations.results(query),
    certificates: (query) => examinations.certificates(query),
    async record(examination) {
      records += 1;
      if (records === 2) throw new Error("disk full");
      return await examinations.record(examination);
    },
  };
  await assert.rejects(bench.examine({}, bench.examination(failing)), /disk full/);
  const changed = async () => (await bench.told()).filter((line) => line.startsWith("changed")).length;
  const stored = await changed();
  assert.ok(stored >= 50 && stored < 120, `${stored}`);
  bench.now += 1;
  await bench.scan(hosts(120));
  await bench.examine();
  assert.equal(await changed(), 120);
});

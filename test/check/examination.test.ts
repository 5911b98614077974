import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExaminationStore } from "../../src/core/examination.ts";
import { address, day, hosts, Lab, passed, product, showing, start } from "./examination-lab.ts";

test("checks and command run on a new host, and both become its evidence and results", {
  skip: process.platform === "win32" ? "the command is for a POSIX shell" : false,
}, async () => {
  await using bench = await Lab.open();
  await bench.scan(["10.0.0.1", "fd00::1"]);
  await bench.examine({ checks: ["service", "cert"], postCommand: "echo hello {host}; test {host} = fd00::1" });
  assert.equal(
    await bench.evidenceOf("10.0.0.1"),
    "service: service output\ncert: cert output\n[Command failed: exit status 1]\nhello 10.0.0.1",
  );
  assert.equal(await bench.evidenceOf("fd00::1"), "service: service output\ncert: cert output\nhello fd00::1");
  const results = await bench.store.examinations.results({ address: address("10.0.0.1") });
  assert.deepEqual(
    results.map(({ check, passed, at }) => [check, passed, at]),
    [
      ["cert", true, start],
      ["post_command", false, start],
      ["service", true, start],
    ],
  );
  // The host is known now: the checks run again, the command does not.
  bench.now += 1;
  await bench.scan(["10.0.0.1", "fd00::1"]);
  await bench.examine({ postCommand: "touch /nonexistent/asked" });
  assert.deepEqual(bench.ran.slice(4).sort(), ["10.0.0.1 service", "fd00::1 service"]);
  const [again] = await bench.store.examinations.results({ address: address("fd00::1"), port: 443 });
  assert.equal(again?.at, start, "a result that was not repeated stays");
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
  assert.deepEqual(bench.ran, []);
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
  assert.deepEqual(await bench.reported(), [
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
  assert.equal((await bench.reported()).at(-1), "changed 10.0.0.2: was nginx 1.22, is nginx 1.24");
  assert.equal((await bench.reported()).at(-2), "returned 10.0.0.2");
});

test("with recheck, known hosts are checked when due, even if a run is a little early", async () => {
  await using bench = await Lab.open();
  const asks = async () => {
    bench.ran.length = 0;
    await bench.scan(["10.0.0.1"]);
    await bench.examine({ recheckMs: day });
    return bench.ran.length;
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
    ...passed("exposure"),
    verdict: "exposed",
    facts: { service: "redis", verdict: "exposed", reason: "answers" },
  });
  for (const seen of [["10.0.0.1"], [], ["10.0.0.1"]]) {
    await bench.scan(seen);
    bench.now += 1;
  }
  await bench.examine({ checks: ["exposure"] });
  assert.deepEqual(bench.ran, ["10.0.0.1 exposure"]);
  const discoveries = (await bench.store.discoveries.list({ limit: 9 })).rows;
  assert.deepEqual(
    discoveries.map(({ kind, evidence }) => [kind, evidence]),
    [
      ["exposed", undefined],
      ["returned", "exposure output"],
      ["gone", undefined],
      ["new", "exposure output"],
    ],
  );
});

test("an exposed service that is back after it was gone is exposed again, once", async () => {
  await using bench = await Lab.open();
  bench.answer = () => ({
    ...passed("exposure"),
    verdict: "exposed",
    facts: { service: "redis", verdict: "exposed", reason: "answers" },
  });
  for (const seen of [["10.0.0.1"], [], ["10.0.0.1"], ["10.0.0.1"]]) {
    await bench.scan(seen);
    await bench.examine({ checks: ["exposure"] });
    bench.now += 1;
  }
  assert.deepEqual(await bench.reported(), [
    "new 10.0.0.1",
    "exposed 10.0.0.1: Redis: answers",
    "gone 10.0.0.1",
    "returned 10.0.0.1",
    "exposed 10.0.0.1: Redis: answers, was exposed before it was gone",
  ]);
});

test("evidence lists other services with the same certificate, new and known", async () => {
  await using bench = await Lab.open();
  bench.answer = () => showing("WILD");
  await bench.scan(["10.0.0.1", "fd00::1"]);
  await bench.examine({ checks: ["cert"] });
  assert.equal(await bench.evidenceOf("10.0.0.1"), "cert output\nalso on [fd00::1]:443");
  bench.now += 1;
  await bench.scan(["10.0.0.1", "fd00::1", ...hosts(9).map((host) => host.replace("10.0.0", "10.0.1"))]);
  await bench.examine({ checks: ["cert"] });
  const evidence = (await bench.evidenceOf("10.0.1.8")) ?? "";
  assert.match(evidence, /^cert output\nalso on 10\.0\.1\.0:443, (?:\S+, ){3}\S+ and 5 more$/);
  // Only services that show it now are listed.
  bench.answer = () => showing("OTHER");
  for (const seen of [["10.0.0.1"], ["10.0.0.1", "10.0.9.9"]]) {
    bench.now += 1;
    await bench.scan(seen);
    await bench.examine({ checks: ["cert"] });
  }
  assert.equal(await bench.evidenceOf("10.0.9.9"), "cert output\nalso on 10.0.0.1:443");
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
    return passed(check);
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

test("after an abort, finished services are recorded, the next run examines the others, and nothing is reported twice", async () => {
  await using bench = await Lab.open();
  bench.answer = (host, check) => {
    if (host === "10.0.0.9" && check === "exposure") bench.stop.abort();
    return { ...passed(check), verdict: "exposed", facts: { service: "redis", verdict: "exposed", reason: "answers" } };
  };
  const watch = { checks: ["service", "exposure"] };
  await bench.scan(hosts(200));
  await bench.examine(watch);
  const waiting = await bench.store.discoveries.awaitingEvidence({ watch: "lab", limit: 500 });
  assert.ok(waiting.length > 100 && waiting.length < 200, `${waiting.length}`);
  const half = await bench.store.examinations.results({ address: address("10.0.0.9") });
  assert.deepEqual(half, [], "the unfinished service is not recorded");
  const before = (await bench.reported()).filter((line) => line.startsWith("exposed"));
  assert.equal(before.length, 200 - waiting.length);

  Object.assign(bench, { stop: new AbortController(), ran: [] });
  bench.answer = (_host, check) => ({
    ...passed(check),
    verdict: "exposed",
    facts: { service: "redis", verdict: "exposed", reason: "answers" },
  });
  bench.now += 1;
  await bench.scan(hosts(200));
  await bench.examine(watch);
  const exposed = (await bench.reported()).filter((line) => line.startsWith("exposed"));
  assert.equal(exposed.length, 200);
  assert.equal(new Set(exposed).size, 200);
  assert.deepEqual(await bench.store.discoveries.awaitingEvidence({ watch: "lab", limit: 9 }), []);
});

test("an error of the store is thrown, and the services are examined again without losing changes", async () => {
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
  const changed = async () => (await bench.reported()).filter((line) => line.startsWith("changed")).length;
  const stored = await changed();
  assert.ok(stored >= 50 && stored < 120, `${stored}`);
  bench.now += 1;
  await bench.scan(hosts(120));
  await bench.examine();
  assert.equal(await changed(), 120);
});

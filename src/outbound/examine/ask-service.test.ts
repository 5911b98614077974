import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, parseAddress } from "../../core/address.ts";
import type { Check, CheckRequest } from "../../core/check.ts";
import { askService } from "./ask-service.ts";

const address: Address | undefined = parseAddress("10.0.0.1");
assert.ok(address !== undefined);
const service = { address, port: 22 };

/** A clock that only checks advance, and checks that use part of their time. */
class Bench {
  #now = 1000;
  readonly asked: string[] = [];
  readonly bugs: string[] = [];
  readonly stop = new AbortController();

  check(name: string, takesMs: number, then?: () => void, maxTimeMs?: number): Check {
    return {
      name,
      description: "",
      options: [],
      inExamination: maxTimeMs === undefined ? undefined : { maxTimeMs },
      run: async ({ timeoutMs }: CheckRequest) => {
        this.asked.push(`${name} ${timeoutMs}`);
        this.#now += Math.min(takesMs, timeoutMs);
        then?.();
        return { check: name, passed: true, output: name, facts: {} };
      },
    };
  }

  async ask(...checks: readonly Check[]) {
    const onBug = (check: string) => this.bugs.push(check);
    return await askService(service, { checks, monotonic: () => this.#now, onBug }, this.stop.signal);
  }
}

const forever = Number.POSITIVE_INFINITY;

test("a host that never answers costs the time of one service, and the checks left out are listed", async () => {
  const bench = new Bench();
  const names = ["a", "b", "c", "d", "e", "f"];
  const answers = await bench.ask(...names.map((name) => bench.check(name, forever)));
  assert.deepEqual(bench.asked, ["a 5000", "b 5000", "c 5000", "d 5000"]);
  assert.deepEqual(answers?.notAsked, ["e", "f"]);
  assert.equal(answers.results.length, 4);
});

test("unused time of one check is available to the others", async () => {
  const bench = new Bench();
  await bench.ask(bench.check("a", 10), bench.check("b", 20), bench.check("c", forever));
  assert.deepEqual(bench.asked, ["a 6666", "b 9995", "c 19970"]);
});

test("a check that waits for one handshake does not get all the time that is left", async () => {
  const bench = new Bench();
  await bench.ask(bench.check("tls", forever, undefined, 5000), bench.check("cert", forever, undefined, 8000));
  assert.deepEqual(bench.asked, ["tls 5000", "cert 8000"]);
});

test("results are complete or none: an abort in between gives nothing", async () => {
  for (const last of [true, false]) {
    const bench = new Bench();
    const abort = () => bench.stop.abort();
    const checks = last ? [bench.check("a", 1), bench.check("b", 1, abort)] : [bench.check("a", 1, abort)];
    assert.equal(await bench.ask(...checks, ...(last ? [] : [bench.check("never", 1)])), undefined);
    assert.ok(!bench.asked.some((line) => line.startsWith("never")));
  }
});

test("a check that throws loses only its own result", async () => {
  const bench = new Bench();
  const broken = bench.check("a", 1, () => {
    throw new Error("a bug");
  });
  const answers = await bench.ask(broken, bench.check("b", 1));
  assert.deepEqual(bench.bugs, ["a"]);
  assert.deepEqual(
    answers?.results.map(({ check }) => check),
    ["b"],
  );
});

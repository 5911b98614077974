import assert from "node:assert/strict";
import net from "node:net";
import { describe, type TestContext, test } from "node:test";
import { type Address, addressToBigInt } from "../../src/core/address.ts";
import { coverageTest } from "../../src/core/coverage.ts";
import type { Port } from "../../src/core/ports.ts";
import type { ScanEngine, ScanJob, ScanObserver, ScanResult } from "../../src/core/scan-engine.ts";
import type { Sighting } from "../../src/core/sighting.ts";
import { Stopped } from "../../src/core/stopped.ts";
import type { ScanPlan } from "../../src/core/watch.ts";
import { AbsenceCheckingEngine } from "../../src/outbound/scan/confirm/absence-checking-engine.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";

/** One engine, and how to configure its targets. */
export interface EngineUnderTest<Plan extends ScanPlan> {
  readonly engine: ScanEngine<Plan>;
  /** A plan that scans these addresses of 127.0.0.0/8 (on the ports of the job) and ends soon. */
  planFor(addresses: readonly string[]): Plan;
  /** A plan that would run for minutes; by default all of 127.0.0.0/8 on the job's ports. */
  readonly longPlan?: Plan;
  /** The engine reports ranges, not just `all`. Default true. */
  readonly knowsCoverage?: boolean;
}

export interface ContractOptions {
  /** Why the suite cannot run here (a program is missing). */
  readonly skip?: string | undefined;
}

/**
 * The contract of every scan engine: run by the tests of each engine against real servers on
 * loopback addresses.
 */
export function engineContract<Plan extends ScanPlan>(
  name: string,
  makeEngine: () => EngineUnderTest<Plan> | Promise<EngineUnderTest<Plan>>,
  options: ContractOptions = {},
): void {
  const skip =
    options.skip ??
    (process.platform === "linux" ? false : "only Linux answers on all of 127.0.0.0/8 without further set-up");

  describe(`${name} as a scan engine`, { skip, timeout: hangLimitMs }, () => {
    test("finds open ports on several addresses, and no closed one", async (t) => {
      const { engine, planFor } = await makeEngine();
      const port = await listen(t, ["127.61.0.1", "127.61.0.3", "127.61.1.7"]);
      const plan = planFor(["127.61.0.1", "127.61.0.2", "127.61.0.3", "127.61.1.7", "127.61.1.8"]);

      const { seen } = await run(engine, { plan, ports: [port] });

      assert.deepEqual(endpoints(seen), [`127.61.0.1 ${port}`, `127.61.0.3 ${port}`, `127.61.1.7 ${port}`]);
    });

    test("probes every port of the job and sights each endpoint once", async (t) => {
      const { engine, planFor } = await makeEngine();
      const first = await listen(t, ["127.62.0.1", "127.62.0.2"]);
      const second = await listen(t, ["127.62.0.2"]);
      // Named twice: still one endpoint each.
      const plan = planFor(["127.62.0.1", "127.62.0.2", "127.62.0.2"]);

      const { seen } = await run(engine, { plan, ports: [first, second] });

      assert.deepEqual(endpoints(seen), [`127.62.0.1 ${first}`, `127.62.0.2 ${first}`, `127.62.0.2 ${second}`].sort());
    });

    test("a finished scan is complete and covers what was requested, found or not", async (t) => {
      const { engine, planFor, knowsCoverage } = await makeEngine();
      const port = await listen(t, ["127.63.0.1"]);
      const plan = planFor(["127.63.0.1", "127.63.0.2"]);

      const { result } = await run(engine, { plan, ports: [port] });

      assert.equal(result.status, "complete", result.reason);
      assert.equal(result.engine, plan.engine);
      const covered = coverageTest(result.coverage);
      assert.equal(covered("127.63.0.1" as Address, port), true);
      assert.equal(covered("127.63.0.2" as Address, port), true);
      if (knowsCoverage === false) return;
      assert.equal(result.coverage.kind, "ranges");
      assert.equal(covered("127.63.0.3" as Address, port), false);
      assert.equal(covered("127.63.0.1" as Address, port === 65535 ? 1 : port + 1), false);
    });

    test("a known host that closed is missed; one that still answers is not, even if it is no longer requested", async (t) => {
      const { engine, planFor } = await makeEngine();
      const port = await listen(t, ["127.69.0.1", "127.69.0.3"]);
      const known = ["127.69.0.1", "127.69.0.2", "127.69.0.3"].map((address) => ({
        address: address as Address,
        port,
      }));

      const { seen, result } = await run(new AbsenceCheckingEngine({ engine }), {
        plan: planFor(["127.69.0.1", "127.69.0.2"]),
        ports: [port],
        async *known() {
          yield known;
        },
      });

      const covered = coverageTest(result.coverage);
      assert.deepEqual(endpoints(seen), [`127.69.0.1 ${port}`]);
      assert.equal(result.status, "complete", result.reason);
      assert.equal(covered("127.69.0.2" as Address, port), true);
      assert.equal(covered("127.69.0.3" as Address, port), false);
    });

    test("a scan that finds nothing is still complete", async (t) => {
      const { engine, planFor } = await makeEngine();
      const port = await listen(t, ["127.64.0.1"]);

      const { seen, result } = await run(engine, { plan: planFor(["127.64.0.2"]), ports: [port] });

      assert.deepEqual(seen, []);
      assert.equal(result.status, "complete", result.reason);
    });

    test("ends at once when it is aborted, and is not complete", async (t) => {
      const { engine, planFor, longPlan } = await makeEngine();
      const port = await listen(t, ["127.65.0.1"]);
      const controller = new AbortController();
      const plan = longPlan ?? planFor(["127.0.0.0/8"]);
      let ended = false;
      const running = run(engine, { plan, ports: [port] }, { signal: controller.signal }).finally(() => {
        ended = true;
      });
      // Long enough for programs to start; the assertion below fails if the scan ended before.
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(ended, false, "the long plan ended by itself");

      const abortedAt = performance.now();
      controller.abort(new Stopped("stopped by ann on the pages"));
      const { result } = await running;

      const tookMs = performance.now() - abortedAt;
      assert.ok(tookMs < 10_000, `took ${tookMs} ms`);
      assert.deepEqual([result.status, result.reason], ["partial", "stopped by ann on the pages"]);
    });

    test("a signal that is aborted before the scan starts ends it at once", async (t) => {
      const { engine, planFor } = await makeEngine();
      const port = await listen(t, ["127.66.0.1"]);

      const { result } = await run(
        engine,
        { plan: planFor(["127.66.0.1"]), ports: [port] },
        { signal: AbortSignal.abort() },
      );

      assert.deepEqual([result.status, result.reason], ["partial", "stopped before its end"]);
    });

    test("waits for the observer: never two batches at once, and no result before the last one is processed", async (t) => {
      const { engine, planFor } = await makeEngine();
      const addresses = Array.from({ length: 24 }, (_, index) => `127.67.0.${index + 1}`);
      const port = await listen(t, addresses);
      let underWay = 0;
      let most = 0;
      let taken = 0;
      const observer: ScanObserver = {
        async sighted(batch) {
          underWay += 1;
          most = Math.max(most, underWay);
          await new Promise((resolve) => setTimeout(resolve, 30));
          underWay -= 1;
          taken += batch.length;
        },
      };

      await engine.scan({ plan: planFor(addresses), ports: [port] }, observer, new AbortController().signal);

      assert.equal(underWay, 0);
      assert.equal(taken, addresses.length);
      assert.equal(most, 1);
    });

    test("rejects when the observer does, with the same error", async (t) => {
      const { engine, planFor } = await makeEngine();
      const port = await listen(t, ["127.68.0.1"]);
      const refusal = new Error("the store is full");
      const observer: ScanObserver = { sighted: () => Promise.reject(refusal) };

      await assert.rejects(
        engine.scan({ plan: planFor(["127.68.0.1"]), ports: [port] }, observer, new AbortController().signal),
        (error) => error === refusal,
      );
    });
  });
}

async function run<Plan extends ScanPlan>(
  engine: ScanEngine<Plan>,
  job: ScanJob<Plan>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<{ readonly seen: readonly Sighting[]; readonly result: ScanResult }> {
  const seen: Sighting[] = [];
  const observer: ScanObserver = {
    async sighted(batch) {
      seen.push(...batch);
    },
  };
  const result = await engine.scan(job, observer, options.signal ?? new AbortController().signal);
  return { seen, result };
}

function endpoints(seen: readonly Sighting[]): readonly string[] {
  for (const { address } of seen) assert.ok(addressToBigInt(address) > 0n);
  return seen.map(({ address, port }) => `${address} ${port}`).sort();
}

/** Real servers on one port of all these addresses, closed at the end of the test. */
async function listen(t: TestContext, addresses: readonly string[]): Promise<Port> {
  for (let attempt = 0; ; attempt++) {
    const servers: net.Server[] = [];
    const closeAll = () => Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    try {
      let port = 0;
      for (const address of addresses) {
        const server = net.createServer((socket) => {
          socket.on("error", () => {});
          socket.resume();
        });
        await new Promise<void>((resolve, reject) => {
          server.once("error", reject);
          server.listen(port, address, resolve);
        });
        servers.push(server);
        const bound = server.address();
        assert.ok(bound !== null && typeof bound === "object");
        port = bound.port;
      }
      t.after(closeAll);
      return port;
    } catch (error) {
      // Another process uses this port on one of the other addresses.
      await closeAll();
      if (attempt === 4) throw error;
    }
  }
}

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { describe, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import fc from "fast-check";
import { openPort } from "../../../../test/harness/open-port.ts";
import { engineContract } from "../../../../test/scan/engine-contract.ts";
import { type Address, parseAddress } from "../../../core/address.ts";
import { parseRange } from "../../../core/network.ts";
import type { ScanEngine, ScanObserver, ScanProgress, ScanResult } from "../../../core/scan-engine.ts";
import type { Sighting } from "../../../core/sighting.ts";
import { findProgram } from "../../../platform/programs.ts";
import { NmapEngine } from "../nmap/nmap-engine.ts";
import type { NmapPlan } from "../nmap/nmap-plan.ts";
import { ConfirmingEngine, type ConfirmingEngineOptions } from "./confirming-engine.ts";

const onLinux = process.platform === "linux" ? undefined : "needs all of 127.0.0.0/8, which only Linux has";
const noNmap = onLinux ?? (findProgram("nmap") === undefined ? "nmap is not installed" : undefined);

engineContract(
  "nmap with confirmation",
  () => ({
    engine: new ConfirmingEngine({ engine: new NmapEngine() }),
    planFor: (addresses) => ({
      engine: "nmap",
      commandLine: `nmap -n -Pn -T4 -p {port} ${addresses.join(" ")}`,
      timeoutMs: 30_000,
    }),
  }),
  { skip: noNmap },
);

const complete: ScanResult = {
  status: "complete",
  engine: "nmap",
  coverage: { kind: "all" },
  notes: ["a note of the engine"],
};

/** An engine that reports the given sightings, batch by batch. */
function scripted(
  batches: Iterable<readonly Sighting[]>,
  options: { readonly result?: ScanResult; readonly onBatch?: () => void } = {},
): ScanEngine<NmapPlan> {
  return {
    async scan(_job, observer) {
      let found = 0;
      for (const batch of batches) {
        await observer.sighted(batch);
        found += batch.length;
        options.onBatch?.();
      }
      observer.progress?.({ done: found, total: found, found });
      return options.result ?? complete;
    },
  };
}

async function scan(
  engine: ScanEngine<NmapPlan>,
  options: Omit<ConfirmingEngineOptions<NmapPlan>, "engine"> & {
    readonly signal?: AbortSignal;
    readonly plan?: NmapPlan;
    readonly ports?: readonly number[];
    readonly sighted?: (batch: readonly Sighting[]) => void;
  } = {},
) {
  const seen: Sighting[] = [];
  const steps: ScanProgress[] = [];
  const observer: ScanObserver = {
    async sighted(batch) {
      seen.push(...batch);
      options.sighted?.(batch);
    },
    progress: (step) => steps.push(step),
  };
  const result = await new ConfirmingEngine({ ...options, engine }).scan(
    { plan: options.plan ?? { engine: "nmap", commandLine: "nmap", timeoutMs: 1000 }, ports: options.ports ?? [22] },
    observer,
    options.signal ?? new AbortController().signal,
  );
  return { seen, steps, result };
}

function at(address: string, port: number, more: Partial<Sighting> = {}): Sighting {
  const parsed = parseAddress(address);
  assert.ok(parsed !== undefined);
  return { address: parsed, port, unconfirmed: "half-open", ...more };
}

/** A port of this address that refuses connections. */
async function closedPort(address: string): Promise<number> {
  await using server = await openPort(address);
  return server.port;
}

describe("confirmation by a full handshake", { skip: onLinux ?? false }, () => {
  test("a broadcast address of this machine's networks is not a host, even if something answered for it", async () => {
    const { seen, result } = await scan(scripted([[at("127.255.255.255", 80)]]));
    assert.deepEqual(seen, []);
    assert.match(result.notes.at(-1) ?? "", /127\.255\.255\.255:80 \(not recorded; 1 unreachable\)$/);
  });

  test("a sighting that completes the handshake is passed on with its attributes, the others go into a note", async () => {
    await using open = await openPort("127.91.0.1");
    const closed = await closedPort("127.91.0.2");
    const attributes = {
      hostname: "one.lan",
      mac: "02:00:00:00:00:01",
      vendor: "Acme",
      service: { name: "ssh", product: "OpenSSH", version: "9.6" },
    };
    const engine = scripted([
      [at("127.91.0.1", open.port, attributes), at("127.91.0.2", closed)],
      [at("127.91.0.3", closed)],
    ]);

    const { seen, steps, result } = await scan(engine);

    assert.deepEqual(seen, [{ address: "127.91.0.1", port: open.port, ...attributes }]);
    assert.equal(result.status, "complete");
    assert.deepEqual(result.coverage, { kind: "all" });
    assert.equal(steps.at(-1)?.found, 1);
    const [own, dropped, ...rest] = result.notes;
    assert.equal(own, "a note of the engine");
    assert.match(
      dropped ?? "",
      /^2 of 3 open ports that nmap reported did not complete a handshake: 127\.91\.0\.\d:\d+, 127\.91\.0\.\d:\d+ \(not recorded; 2 closed\)$/,
    );
    assert.deepEqual(rest, []);
  });

  test("an IPv6 endpoint is confirmed like any other", async (t) => {
    const open = await openPort("::1").catch(() => undefined);
    if (open === undefined) return t.skip("this machine has no IPv6");
    await using server = open;
    const { seen } = await scan(scripted([[at("::1", server.port)]]));
    assert.deepEqual(seen, [{ address: "::1", port: server.port }]);
  });

  test("an endpoint that is reported twice is probed once and passed on once", async () => {
    await using open = await openPort("127.91.0.4");
    const sighting = at("127.91.0.4", open.port);
    const { seen, result } = await scan(scripted([[sighting, sighting], [sighting]]));
    assert.equal(seen.length, 1);
    assert.equal(open.accepted, 1);
    assert.deepEqual(result.notes, ["a note of the engine"]);
  });

  test("a sighting that needs no confirmation is not contacted, nor one that cannot be probed from here", async () => {
    await using done = await openPort("127.91.0.5");
    await using elsewhere = await openPort("127.91.0.6");
    const { unconfirmed: _unconfirmed, ...sure } = at("127.91.0.5", done.port);
    const { seen, result } = await scan(
      scripted([[sure, at("127.91.0.6", elsewhere.port, { unconfirmed: "elsewhere" })]]),
    );
    assert.equal(seen.length, 2);
    assert.equal(done.accepted + elsewhere.accepted, 0);
    assert.deepEqual(result.notes.slice(1), [
      `1 open port that nmap reported could not be confirmed, because a handshake from this machine would not probe what the command line probes: 127.91.0.6:${elsewhere.port} (recorded anyway)`,
    ]);
  });

  test("an endpoint in scope.exclude is never contacted, and passed on with a note", async () => {
    await using open = await openPort("127.91.1.7");
    const exclude = ["127.91.1.0/24"].flatMap((text) => parseRange(text) ?? []);
    const { seen, result } = await scan(scripted([[at("127.91.1.7", open.port)]]), { exclude });
    assert.equal(seen.length, 1);
    assert.equal(open.accepted, 0);
    assert.match(result.notes.at(-1) ?? "", /because scope\.exclude lists them: 127\.91\.1\.7:\d+ \(rec/);
  });

  test("a note lists the first of many endpoints and counts the rest", async () => {
    const closed = await closedPort("127.91.0.8");
    const reported = Array.from({ length: 300 }, (_, index) => at(`127.92.${index >> 8}.${index & 255}`, closed));
    const { seen, result } = await scan(scripted([reported]));
    assert.deepEqual(seen, []);
    const note = result.notes.at(-1) ?? "";
    assert.match(
      note,
      /^300 of 300 open ports that nmap reported did not .* and 290 more \(not recorded; 300 closed\)$/,
    );
    assert.ok(note.length < 1000);
  });

  test("of thousands of sightings only a limited number wait at a time", async () => {
    const closed = await closedPort("127.93.0.1");
    await using open = await openPort("127.93.0.1", closed);
    const total = 6000;
    const batches = Array.from({ length: total / 500 }, (_, batch) =>
      Array.from({ length: 500 }, (_, index) => {
        const place = batch * 500 + index;
        return at(`127.93.${place >> 8}.${place & 255}`, closed);
      }),
    );
    let reported = 0;
    let maxWaiting = 0;
    let dropped = 0;
    const engine: ScanEngine<NmapPlan> = {
      async scan(_job, observer) {
        for (const batch of batches) {
          await observer.sighted(batch);
          reported += batch.length;
          // The wrapper subtracts the dropped sightings from the engine's number.
          observer.progress?.({ done: 0, total: undefined, found: total });
          maxWaiting = Math.max(maxWaiting, reported - dropped);
        }
        return complete;
      },
    };
    const seen: Sighting[] = [];
    await new ConfirmingEngine({ engine }).scan(
      { plan: { engine: "nmap", commandLine: "", timeoutMs: 1 }, ports: [closed] },
      {
        async sighted(batch) {
          seen.push(...batch);
        },
        progress: ({ found }) => {
          dropped = total - found;
        },
      },
      new AbortController().signal,
    );
    assert.deepEqual(
      seen.map(({ address }) => address),
      ["127.93.0.1"],
    );
    assert.equal(open.accepted, 1);
    assert.ok(maxWaiting <= 2048 + 500, `${maxWaiting} waited`);
  });

  test("exactly the open endpoints are passed on, in any batches", async () => {
    const port = await closedPort("127.94.0.0");
    const servers = [];
    for (const last of [1, 3, 5]) servers.push(await openPort(`127.94.0.${last}`, port));
    try {
      const sighting = fc.record({
        last: fc.integer({ min: 0, max: 7 }),
        unconfirmed: fc.constantFrom("half-open" as const, "elsewhere" as const, undefined),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(sighting, { maxLength: 5 }), { maxLength: 5 }), async (batches) => {
          const unique = new Map(batches.flat().map((each) => [each.last, each.unconfirmed]));
          const script = batches.map((batch) =>
            batch.map(({ last }) => {
              const { unconfirmed: _, ...plain } = at(`127.94.0.${last}`, port);
              const unconfirmed = unique.get(last);
              return unconfirmed === undefined ? plain : { ...plain, unconfirmed };
            }),
          );
          const { seen } = await scan(scripted(script));
          const passed = new Set(seen.map(({ address }) => Number(address.split(".")[3])));
          for (const [last, unconfirmed] of unique) {
            assert.equal(passed.has(last), unconfirmed !== "half-open" || [1, 3, 5].includes(last), `${last}`);
          }
        }),
        { numRuns: 50 },
      );
    } finally {
      for (const server of servers) await server[Symbol.asyncDispose]();
    }
  });

  test("the status and the reason of the scan stay those of the engine", async () => {
    const failed: ScanResult = { ...complete, status: "failed", coverage: { kind: "none" }, reason: "it crashed" };
    const closed = await closedPort("127.91.0.9");
    const { result } = await scan(scripted([[at("127.91.0.9", closed)]], { result: failed }));
    assert.equal(result.status, "failed");
    assert.equal(result.reason, "it crashed");
    assert.match(result.notes.at(-1) ?? "", /^1 of 1 open port that nmap reported/);
  });
});

/** Runs a program with few descriptors; `body` finds `scan(sightings, options)` and `hold()`, which takes the last ones. */
async function withFewDescriptors(body: string): Promise<unknown> {
  const folder = import.meta.dirname;
  const program = `
    const fs = await import("node:fs");
    const net = await import("node:net");
    const { ConfirmingEngine } = await import(${JSON.stringify(path.join(folder, "confirming-engine.ts"))});
    const { ConnectBudget } = await import(${JSON.stringify(path.join(folder, "../handshake/connect-budget.ts"))});
    const { scanLimitsSchema } = await import(${JSON.stringify(path.join(folder, "../schema.ts"))});
    const held = [];
    const hold = () => { try { for (;;) held.push(fs.openSync("/dev/null")); } catch {} };
    const letGo = () => { for (const descriptor of held.splice(0)) fs.closeSync(descriptor); };
    async function scan(sightings, { limits = {}, controller = new AbortController(), onBatch = () => {} } = {}) {
      const parsed = scanLimitsSchema.parse(limits);
      const seen = [];
      const engine = {
        async scan(_job, observer) {
          const taken = observer.sighted(sightings);
          onBatch(controller);
          await taken;
          return { status: "complete", engine: "nmap", coverage: { kind: "all" }, notes: [] };
        },
      };
      // The budget assumes many more descriptors than there are.
      const budget = new ConnectBudget({ limits: parsed, descriptors: () => ({ limit: 100000, open: 0 }) });
      const result = await new ConfirmingEngine({ engine, limits: parsed, budget }).scan(
        { plan: { engine: "nmap", commandLine: "", timeoutMs: 1 }, ports: [1] },
        { async sighted(batch) { seen.push(...batch.map(({ address }) => address)); } },
        controller.signal,
      );
      return { seen: seen.sort(), notes: result.notes };
    }
    ${body}
  `;
  const shell = `ulimit -n 64; exec "$0" --input-type=module -e "$1"`;
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", shell, process.execPath, program], {
    timeout: 30_000,
  });
  return JSON.parse(stdout);
}

describe("a shortage of this machine", { skip: onLinux ?? false }, () => {
  test("never counts as closed: an endpoint that could not be probed is passed on, with a note", async () => {
    const outcome = await withFewDescriptors(`
      hold();
      const sightings = [1, 2, 3].map((last) => ({ address: "127.95.0." + last, port: 9, unconfirmed: "half-open" }));
      const outcome = await scan(sightings, { limits: { shortage_patience_ms: 50 } });
      letGo();
      console.log(JSON.stringify(outcome));`);
    assert.deepEqual(outcome, {
      seen: ["127.95.0.1", "127.95.0.2", "127.95.0.3"],
      notes: [
        "3 open ports that nmap reported could not be confirmed, because too many open files in this process (EMFILE): 127.95.0.1:9, 127.95.0.2:9, 127.95.0.3:9 (recorded anyway)",
      ],
    });
  });

  test("that ends delays the handshakes and changes nothing else", async () => {
    const outcome = await withFewDescriptors(`
      const server = net.createServer((socket) => socket.on("error", () => {}).destroy());
      await new Promise((resolve) => server.listen(0, "127.95.1.7", resolve));
      const { port } = server.address();
      const sightings = Array.from({ length: 400 }, (_, index) =>
        ({ address: "127.95." + (index >> 8) + "." + (index & 255), port, unconfirmed: "half-open" }));
      sightings[7].address = "127.95.1.7";
      const outcome = await scan(sightings.slice(0, 263));
      server.close();
      console.log(JSON.stringify(outcome));`);
    assert.ok(typeof outcome === "object" && outcome !== null && "seen" in outcome && "notes" in outcome);
    assert.deepEqual(outcome.seen, ["127.95.1.7"]);
    assert.match(JSON.stringify(outcome.notes), /^\["262 of 263 open ports .*262 closed\)"\]$/);
  });

  test("does not delay an abort: what waits is passed on, with a note", async () => {
    const outcome = await withFewDescriptors(`
      hold();
      const sightings = [{ address: "127.95.0.9", port: 9, unconfirmed: "half-open" }];
      const outcome = await scan(sightings, {
        limits: { shortage_patience_ms: 3600000 },
        onBatch: (controller) => setTimeout(() => controller.abort(), 50),
      });
      letGo();
      console.log(JSON.stringify(outcome));`);
    assert.deepEqual(outcome, {
      seen: ["127.95.0.9"],
      notes: [
        "1 open port that nmap reported could not be confirmed, because the scan was stopped: 127.95.0.9:9 (recorded anyway)",
      ],
    });
  });
});

const needsRoot = noNmap ?? (process.getuid?.() === 0 ? undefined : "a half-open scan needs root");

describe("after a half-open scan by nmap", { skip: needsRoot ?? false }, () => {
  const plan = (line: string): NmapPlan => ({ engine: "nmap", commandLine: line, timeoutMs: 30_000 });

  /** nmap, and what happens between its scan and the confirmation. */
  function thenDo(step: () => Promise<void>): ScanEngine<NmapPlan> {
    return {
      scan: (job, observer, signal) =>
        new NmapEngine().scan(
          job,
          {
            async sighted(batch) {
              await step();
              await observer.sighted(batch);
            },
          },
          signal,
        ),
    };
  }

  test("a listener that is still there is confirmed by one connection", async () => {
    await using server = await openPort("127.96.0.1");
    const { seen, result } = await scan(new NmapEngine(), {
      plan: plan("nmap -sS -n -Pn -p {port} 127.96.0.1-2"),
      ports: [server.port],
    });
    assert.deepEqual(
      seen.map(({ address }) => address),
      ["127.96.0.1"],
    );
    assert.equal(server.accepted, 1);
    assert.deepEqual(result.notes, []);
  });

  test("one that is gone is not recorded, although nmap reported it", async (t: TestContext) => {
    const server = await openPort("127.96.0.3");
    let isClosed = false;
    t.after(async () => {
      if (!isClosed) await server[Symbol.asyncDispose]();
    });
    const engine = thenDo(async () => {
      isClosed = true;
      await server[Symbol.asyncDispose]();
    });
    const { seen, result } = await scan(engine, {
      plan: plan("nmap -sS -n -Pn -p {port} 127.96.0.3"),
      ports: [server.port],
    });
    assert.deepEqual(seen, []);
    assert.equal(isClosed, true);
    assert.equal(result.status, "complete", result.reason);
    assert.equal(result.coverage.kind, "ranges");
    assert.match(
      result.notes.join("\n"),
      /^1 of 1 open port that nmap reported did not complete a handshake: 127\.96\.0\.3:/,
    );
  });

  test("handshakes that nmap completed itself are not repeated", async () => {
    await using server = await openPort("127.96.0.4");
    const { seen } = await scan(new NmapEngine(), {
      plan: plan("nmap -sT -n -Pn -p {port} 127.96.0.4"),
      ports: [server.port],
    });
    assert.deepEqual(
      seen.map(({ address }) => address satisfies Address),
      ["127.96.0.4"],
    );
    assert.equal(server.accepted, 1);
  });
});

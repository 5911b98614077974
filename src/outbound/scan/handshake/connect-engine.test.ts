import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import net from "node:net";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { engineContract } from "../../../../test/scan/engine-contract.ts";
import type { Address } from "../../../core/address.ts";
import { coverageSize, coverageTest } from "../../../core/coverage.ts";
import { OwnPorts } from "../../../core/own-ports.ts";
import type { ScanObserver, ScanProgress } from "../../../core/scan-engine.ts";
import type { Sighting } from "../../../core/sighting.ts";
import type { ConnectPlan } from "../../../core/watch.ts";
import { scanLimitsSchema } from "../schema.ts";
import { ConnectEngine, type ConnectEngineOptions } from "./connect-engine.ts";

engineContract("the built-in scanner", () => ({
  engine: new ConnectEngine(),
  planFor: (addresses) => plan(addresses),
}));

const onLinux = process.platform === "linux" ? false : "needs all of 127.0.0.0/8, which only Linux has";

function plan(targets: readonly string[], exclude: readonly string[] = []): ConnectPlan {
  return { engine: "connect", targets, exclude };
}

async function listen(t: TestContext, host: string, port = 0): Promise<number> {
  const server = net.createServer((socket) => socket.on("error", () => {}).resume());
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  t.after(() => new Promise((done) => server.close(done)));
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === "object");
  return bound.port;
}

class Notebook implements ScanObserver {
  readonly seen: Sighting[] = [];
  readonly steps: ScanProgress[] = [];

  async sighted(batch: readonly Sighting[]): Promise<void> {
    this.seen.push(...batch);
  }

  progress(progress: ScanProgress): void {
    this.steps.push(progress);
  }

  get addresses(): readonly string[] {
    return this.seen.map(({ address }) => address).sort();
  }
}

async function scan(
  options: ConnectEngineOptions,
  targets: ConnectPlan,
  ports: readonly number[],
  signal?: AbortSignal,
) {
  const notebook = new Notebook();
  const engine = new ConnectEngine(options);
  const result = await engine.scan({ plan: targets, ports }, notebook, signal ?? new AbortController().signal);
  return { notebook, result };
}

test("a host given by name is sighted with its name, on all its addresses", { skip: onLinux }, async (t) => {
  const port = await listen(t, "127.71.0.1");
  await listen(t, "127.71.0.2", port);
  const lookup = async () => [{ address: "127.71.0.1" }, { address: "127.71.0.2" }];

  const { notebook } = await scan({ lookup }, plan(["door.lan"]), [port]);

  assert.deepEqual(notebook.addresses, ["127.71.0.1", "127.71.0.2"]);
  assert.deepEqual(new Set(notebook.seen.map(({ hostname }) => hostname)), new Set(["door.lan"]));
});

test("an own decoy is not probed, and counts as closed", { skip: onLinux }, async (t) => {
  const port = await listen(t, "127.75.0.1");
  let connections = 0;
  const decoy = net.createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => decoy.listen(port, "127.75.0.2", resolve));
  t.after(() => new Promise((done) => decoy.close(done)));
  const bound = { address: "127.75.0.2" as Address, port };
  const engine = new ConnectEngine({ own: () => new OwnPorts([bound], () => true) });
  const notebook = new Notebook();

  const result = await engine.scan(
    { plan: plan(["127.75.0.1-127.75.0.3"]), ports: [port] },
    notebook,
    new AbortController().signal,
  );

  assert.deepEqual(notebook.addresses, ["127.75.0.1"]);
  assert.equal(connections, 0);
  assert.deepEqual([result.status, result.counts?.open, result.counts?.closed], ["complete", 1, 2]);
  // The endpoint is covered: an earlier service there is gone.
  assert.ok(coverageTest(result.coverage)(bound.address, port));
});

test("a server that resets each connection at once is open at every attempt, even when it is very fast", {
  skip: onLinux,
}, async (t) => {
  const server = net.createServer((socket) => socket.on("error", () => {}).resetAndDestroy());
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { notebook, result } = await scan({}, plan(["127.76.1.0/24"]), [port]);
  assert.equal(result.status, "complete");
  assert.equal(notebook.addresses.length, 256);
});

test("IPv6 hosts are found", async (t) => {
  let port: number;
  try {
    port = await listen(t, "::1");
  } catch {
    return t.skip("this machine has no IPv6");
  }
  const { notebook, result } = await scan({}, plan(["::1"]), [port]);
  assert.deepEqual(notebook.addresses, ["::1"]);
  assert.equal(result.status, "complete");
});

test("a job that cannot be scanned has a failed result with the reason", async () => {
  const lookup = () => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" }));
  const cases: readonly [ConnectPlan, readonly number[], RegExp][] = [
    [plan(["192.0.2.1"]), [80], /192\.0\.2\.1 is outside the allowed scope.*; list it in scope\.allow/],
    [plan(["nosuch.lan"]), [80], /cannot resolve nosuch\.lan/],
    [plan(["127.0.0.1"], ["127.0.0.0/8"]), [80], /every target is excluded/],
    [plan(["fd00::/64"]), [80], /too many to scan; name smaller ranges/],
    [plan(["127.0.0.1"]), [], /no port/],
  ];
  for (const [targets, ports, reason] of cases) {
    const { result } = await scan({ lookup }, targets, ports);
    assert.equal(result.status, "failed");
    assert.match(result.reason ?? "", reason);
    assert.equal(result.coverage.kind, "none");
  }
});

test("a name that does not resolve makes the scan partial, and the other targets are scanned", async (t) => {
  const port = await listen(t, "127.0.0.1");
  const lookup = () => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" }));
  const { notebook, result } = await scan({ lookup }, plan(["nosuch.lan", "127.0.0.1"]), [port]);
  assert.deepEqual(notebook.addresses, ["127.0.0.1"]);
  assert.equal(result.status, "partial");
  assert.equal(result.reason, "cannot resolve nosuch.lan: no such name (ENOTFOUND)");
  assert.ok(coverageTest(result.coverage)("127.0.0.1" as Address, port));
});

test("no host is lost when the process reaches its limit on open files", { skip: onLinux }, async (t) => {
  const port = await listen(t, "127.72.0.9");
  await listen(t, "127.72.3.200", port);
  await listen(t, "127.72.2.2", port);
  // The engine assumes many more descriptors than there are.
  const program = `
    const { ConnectEngine } = await import(${JSON.stringify(path.join(import.meta.dirname, "connect-engine.ts"))});
    const engine = new ConnectEngine({ descriptors: () => ({ limit: 100000, open: 0 }) });
    const found = [];
    const result = await engine.scan(
      { plan: { engine: "connect", targets: ["127.72.0.0/22"], exclude: [] }, ports: [${port}] },
      { async sighted(batch) { for (const { address } of batch) found.push(address); } },
      new AbortController().signal,
    );
    console.log(JSON.stringify({ found: found.sort(), status: result.status, counts: result.counts }));
  `;
  const shell = `ulimit -n 64; exec "$0" --input-type=module -e "$1"`;
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", shell, process.execPath, program], {
    timeout: 30_000,
  });
  assert.deepEqual(JSON.parse(stdout), {
    found: ["127.72.0.9", "127.72.2.2", "127.72.3.200"],
    status: "complete",
    counts: { open: 3, closed: 1021, filtered: 0, unreachable: 0, "local-error": 0 },
  });
});

test("a process without a single free descriptor fails the scan, with the reason", { skip: onLinux }, async () => {
  const program = `
    const fs = await import("node:fs");
    const { ConnectEngine } = await import(${JSON.stringify(path.join(import.meta.dirname, "connect-engine.ts"))});
    const { scanLimitsSchema } = await import(${JSON.stringify(path.join(import.meta.dirname, "../schema.ts"))});
    const engine = new ConnectEngine({ limits: scanLimitsSchema.parse({ shortage_patience_ms: 100 }) });
    const held = [];
    try { for (;;) held.push(fs.openSync("/dev/null")); } catch {}
    const result = await engine.scan(
      { plan: { engine: "connect", targets: ["127.0.0.0/28"], exclude: [] }, ports: [9] },
      { async sighted() {} },
      new AbortController().signal,
    );
    for (const descriptor of held) fs.closeSync(descriptor);
    console.log(JSON.stringify(result));
  `;
  const shell = `ulimit -n 64; exec "$0" --input-type=module -e "$1"`;
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", shell, process.execPath, program], {
    timeout: 30_000,
  });
  const result = JSON.parse(stdout);
  assert.equal(result.status, "failed");
  assert.match(result.reason, /too many open files/);
  assert.deepEqual(result.coverage, { kind: "none" });
});

test("the shards of one seed find all hosts together, each once", { skip: onLinux }, async (t) => {
  const hosts = ["127.73.0.1", "127.73.0.77", "127.73.0.130", "127.73.0.254"];
  const port = await listen(t, hosts[0] ?? "");
  for (const host of hosts.slice(1)) await listen(t, host, port);
  const found: string[] = [];
  for (let index = 0; index < 3; index++) {
    const { notebook, result } = await scan({ seed: 11, shard: { index, count: 3 } }, plan(["127.73.0.0/24"]), [port]);
    found.push(...notebook.addresses);
    assert.equal(result.status, "complete");
    const covered = coverageTest(result.coverage);
    for (const host of hosts) assert.equal(covered(host as Address, port), notebook.addresses.includes(host));
  }
  assert.deepEqual(found.sort(), hosts.toSorted());
});

test("a scan that ended early is resumed where it ended", { skip: onLinux }, async (t) => {
  const hosts = Array.from({ length: 40 }, (_, index) => `127.74.${index}.7`);
  const port = await listen(t, hosts[0] ?? "");
  for (const host of hosts.slice(1)) await listen(t, host, port);
  const controller = new AbortController();
  const early = new Notebook();
  const observer: ScanObserver = {
    async sighted(batch) {
      await early.sighted(batch);
      controller.abort();
    },
  };
  const job = { plan: plan(["127.74.0.0/17"]), ports: [port] };
  const first = await new ConnectEngine({ seed: 5 }).scan(job, observer, controller.signal);
  assert.equal(first.status, "partial");
  assert.ok(first.resume !== undefined && first.resume.from < 32_768);

  const late = await scan(first.resume, job.plan, job.ports);

  assert.equal(late.result.status, "complete");
  assert.deepEqual([...new Set([...early.addresses, ...late.notebook.addresses])].sort(), hosts.toSorted());
  assert.ok(late.notebook.addresses.length < hosts.length, "it started again from the beginning");
});

test("an aborted small scan covers exactly the endpoints with a final state", { skip: onLinux }, async (t) => {
  const port = await listen(t, "127.75.0.1");
  for (let last = 2; last < 40; last++) await listen(t, `127.75.0.${last}`, port);
  const controller = new AbortController();
  const observer: ScanObserver = {
    async sighted() {
      controller.abort();
    },
  };
  const engine = new ConnectEngine({ seed: 3, limits: scanLimitsSchema.parse({ max_sockets: 4 }) });
  const result = await engine.scan({ plan: plan(["127.75.0.0/20"]), ports: [port] }, observer, controller.signal);
  assert.equal(result.status, "partial");
  assert.equal(result.coverage.kind, "ranges");
  const done = (result.counts?.open ?? 0) + (result.counts?.closed ?? 0);
  assert.ok(done > 0 && done < 4096);
  assert.equal(coverageSize(result.coverage), BigInt(done));
});

test("a signal that is aborted during a lookup ends the scan, although the lookup goes on", async () => {
  const controller = new AbortController();
  const lookup = () => {
    controller.abort();
    return new Promise<never>(() => {});
  };
  const { result } = await scan({ lookup }, plan(["slow.lan"]), [80], controller.signal);
  assert.equal(result.status, "partial");
  assert.equal(result.coverage.kind, "none");
});

test("progress never goes back, and ends with every endpoint done", { skip: onLinux }, async () => {
  const { notebook, result } = await scan({}, plan(["127.76.0.0/19"]), [9]);
  assert.equal(result.status, "complete");
  const done = notebook.steps.map((step) => step.done);
  assert.deepEqual(
    done,
    done.toSorted((a, b) => a - b),
  );
  assert.deepEqual(notebook.steps.at(-1), { done: 8192, total: 8192, found: 0, leftMs: undefined });
});

test("a slow observer slows the scan down instead of filling the memory", { skip: onLinux }, async (t) => {
  const server = net.createServer((socket) => socket.on("error", () => {}).resume());
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "0.0.0.0", backlog: 4096 }, resolve));
  t.after(() => new Promise((done) => server.close(done)));
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === "object");
  const gate = Promise.withResolvers<void>();
  const controller = new AbortController();
  let taken = 0;
  let shown = 0;
  let still = 0;
  const observer: ScanObserver = {
    async sighted(batch) {
      taken += batch.length;
      await gate.promise;
    },
    progress({ found }) {
      // The observer accepts nothing more. When the number of findings stays the same, the scan has paused.
      still = found === shown ? still + 1 : 0;
      shown = found;
      if (still === 3) controller.abort();
    },
  };
  const engine = new ConnectEngine({ limits: scanLimitsSchema.parse({ max_sockets: 200 }) });
  const job = { plan: plan(["127.77.0.0/16"]), ports: [bound.port] };
  const running = engine.scan(job, observer, controller.signal);
  const result = await running;
  gate.resolve();
  assert.equal(result.status, "partial");
  assert.ok(shown > 200 && shown < 2000, `${shown} found while the observer took ${taken}`);
});

test("two scans at a time share the descriptors and both find their hosts", { skip: onLinux }, async (t) => {
  const port = await listen(t, "127.78.0.200");
  await listen(t, "127.79.0.200", port);
  const engine = new ConnectEngine({ descriptors: () => ({ limit: 100, open: 50 }) });
  const notebooks = [new Notebook(), new Notebook()];
  const results = await Promise.all(
    notebooks.map((notebook, index) =>
      engine.scan({ plan: plan([`127.7${8 + index}.0.0/22`]), ports: [port] }, notebook, new AbortController().signal),
    ),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    ["complete", "complete"],
  );
  assert.deepEqual(
    notebooks.map(({ addresses }) => addresses),
    [["127.78.0.200"], ["127.79.0.200"]],
  );
});

test("a connection from a port of this machine to itself is not open", { skip: onLinux }, async () => {
  // A connect whose own port is also its destination opens a connection to itself.
  const ephemeral = Array.from({ length: 2000 }, (_, index) => 40_000 + index);
  const { notebook, result } = await scan({}, plan(["127.0.0.1"]), ephemeral);
  assert.equal(result.status, "complete");
  for (const { port } of notebook.seen) {
    await new Promise<void>((resolve, reject) => {
      const socket = net.connect({ host: "127.0.0.1", port });
      socket.once("connect", () => {
        socket.destroy();
        resolve();
      });
      socket.once("error", reject);
    });
  }
});

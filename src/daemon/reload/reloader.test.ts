import assert from "node:assert/strict";
import { test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import type { Config } from "../../config/config.ts";
import { type LoadOutcome, loadText } from "../../config/load.ts";
import type { Clock } from "../../core/clock.ts";
import { HarbingerError } from "../../core/errors.ts";
import { silentLog } from "../../core/log.ts";
import { Reloader, type ReloaderOptions } from "./reloader.ts";
import type { Replaceable } from "./replacement.ts";

/** Time passes only when the test advances it. */
class HeldClock implements Clock {
  readonly #sleepers = new Set<() => void>();
  now = () => 0;
  monotonic = () => 0;

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      this.#sleepers.add(resolve);
      signal?.addEventListener("abort", () => resolve());
    });
  }

  pass(): void {
    for (const wake of this.#sleepers) wake();
  }
}

function configuration(text: string): Config {
  const outcome = loadText(text, "harbinger.yaml", { file: "harbinger.yaml", explicit: true, environment: {} });
  if (outcome.kind === "invalid") throw new Error(JSON.stringify(outcome.problems));
  return outcome.config;
}

const before = configuration("watches: { w: { targets: [10.0.0.1], ports: 22 } }\n");
const after = configuration("watches: { w: { targets: [10.0.0.1], ports: 23 } }\n");

function part(name: string, steps: string[], prepare?: () => Promise<void>): Replaceable<Config> {
  return {
    async prepare() {
      await prepare?.();
      steps.push(`prepare ${name}`);
      return {
        commit: () => steps.push(`commit ${name}`),
        finish: async () => void steps.push(`finish ${name}`),
        abandon: async () => void steps.push(`abandon ${name}`),
      };
    },
  };
}

function reloader(parts: readonly Replaceable<Config>[], more: Partial<ReloaderOptions> = {}) {
  return new Reloader({
    running: () => before,
    read: async (): Promise<LoadOutcome> => ({ kind: "config", config: after, warnings: [] }),
    parts,
    committed: () => undefined,
    clock: new HeldClock(),
    log: silentLog,
    signal: new AbortController().signal,
    ...more,
  });
}

test("all parts are prepared before the first commit", async () => {
  const steps: string[] = [];
  const reloads = reloader([part("a", steps), part("b", steps)], { committed: () => steps.push("in force") });
  const outcome = await reloads.reload();
  await reloads.finished();
  assert.deepEqual(outcome, { reloaded: true, source: "harbinger.yaml", changes: ["watch w: ports"], warnings: [] });
  assert.deepEqual(steps, ["prepare a", "prepare b", "commit a", "commit b", "in force", "finish a", "finish b"]);
});

test("if a part cannot be prepared, those before it are abandoned, and nothing is committed", async () => {
  const steps: string[] = [];
  const taken = new HarbingerError("address-in-use", "port 22 is taken", { remedy: "Choose another." });
  const outcome = await reloader([
    part("a", steps),
    part("b", steps),
    part("c", steps, () => Promise.reject(taken)),
  ]).reload();
  assert.deepEqual(outcome, { reloaded: false, problems: ["port 22 is taken"], remedy: "Choose another." });
  assert.deepEqual(steps, ["prepare a", "prepare b", "abandon b", "abandon a"]);
});

test("a reload that hangs is abandoned, with everything that it still prepares; no other begins until then", async () => {
  const steps: string[] = [];
  const clock = new HeldClock();
  const disk = Promise.withResolvers<void>();
  const reloads = reloader([part("a", steps), part("b", steps, () => disk.promise)], { clock });
  const hanging = reloads.reload();
  while (steps.length === 0) await new Promise((resolve) => setImmediate(resolve));
  clock.pass();
  assert.match(JSON.stringify(await hanging), /longer than 30 seconds/);
  assert.match(JSON.stringify(await reloads.reload()), /an earlier reload still waits/);
  disk.resolve();
  while (steps.length < 4) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(steps, ["prepare a", "prepare b", "abandon b", "abandon a"]);
  const next = reloads.reload();
  assert.equal((await next).reloaded, true);
});

test("shutdown abandons a reload that is not committed", async () => {
  const stop = new AbortController();
  const steps: string[] = [];
  const reloads = reloader([part("a", steps, () => new Promise(() => undefined))], { signal: stop.signal });
  const reload = reloads.reload();
  stop.abort();
  equalFacts(await reload, { reloaded: false, problems: ["harbinger is shutting down"] });
});

test("another database is rejected before anything is prepared", async () => {
  const steps: string[] = [];
  const moved = configuration("watches: { w: { targets: [10.0.0.1], ports: 22 } }\nstore: other.db\n");
  const outcome = await reloader([part("a", steps)], {
    read: async () => ({ kind: "config", config: moved, warnings: [] }),
  }).reload();
  assert.equal(outcome.reloaded, false);
  assert.match(JSON.stringify(outcome), /store: changing the database needs a restart/);
  assert.deepEqual(steps, []);
});

/** A program that is killed while it acknowledges many discoveries: all are acknowledged then or none, and the undo is true. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import type { Store } from "../../src/core/store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { look, sighting } from "../store/sample.ts";

const count = 3000;
const answerSchema = z.object({ ids: z.array(z.int()) });
/** When the program is killed, as a part of the time that the request takes. */
const moments = [0.5, 0.75, 0.95];

let folder: ReturnType<typeof temporaryFolder>;
const location = () => path.join(folder.path, "harbinger.db");

before(async () => {
  folder = temporaryFolder();
  await using store = await openStore({ location: location(), thread: "caller" });
  const sees = Array.from({ length: count }, (_, i) => sighting(`10.7.${i >> 8}.${i & 255}`));
  await look(store, { watch: "large", at: Date.now(), sees });
});
after(() => folder[Symbol.dispose]());

interface Served extends AsyncDisposable {
  readonly running: RunningCli;
  /** Acknowledges all. @returns how many were; `undefined` if the program ended before it could tell */
  acknowledge(): Promise<number | undefined>;
}

async function serve(): Promise<Served> {
  const port = await freePort();
  writeFileSync(
    path.join(folder.path, "harbinger.yaml"),
    `watches: { never: { targets: 127.0.0.1, ports: 1, schedule: "0 4 1 1 *", only_on_schedule: true } }\n`,
  );
  const running = startHarbinger(["run"], {
    directory: folder.path,
    environment: { HARBINGER_WEB_LISTEN: `127.0.0.1:${port}` },
  });
  await running.waitForOutput("serving the pages");
  const ask = async (method: string, place: string, body?: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${place}`, {
      method,
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return await answer.json();
  };
  await ask("GET", "discoveries/unacknowledged?q=watch:large");
  return {
    running,
    async acknowledge() {
      const body = { q: "watch:large", until: Number.MAX_SAFE_INTEGER };
      const answer = await ask("POST", "discoveries/acknowledgements", body).catch(() => undefined);
      return answer === undefined ? undefined : answerSchema.parse(answer).ids.length;
    },
    async [Symbol.asyncDispose]() {
      running.process.kill("SIGKILL");
      await running.ended;
    },
  };
}

/** When the acknowledgements were made, and how many there are, by a program that starts after the end of the other one. */
async function stored(store: Store): Promise<{ readonly at: number | undefined; readonly ids: readonly number[] }> {
  const { rows } = await store.discoveries.list({ acknowledged: true, limit: count + 1 });
  return { at: rows[0]?.acknowledged?.at, ids: rows.map(({ id }) => id) };
}

test("killed at any moment of it, all are acknowledged or none, and all can be undone", async (t) => {
  let takesMs = 0;
  {
    await using served = await serve();
    const startedAt = performance.now();
    assert.equal(await served.acknowledge(), count);
    takesMs = performance.now() - startedAt;
  }
  const seen: number[] = [];
  for (const moment of moments) {
    {
      await using store = await openStore({ location: location(), thread: "caller" });
      const { at, ids } = await stored(store);
      seen.push(ids.length);
      assert.ok(ids.length === 0 || ids.length === count, `${ids.length} are acknowledged`);
      if (at !== undefined) assert.equal((await store.discoveries.withdrawAcknowledgements({ ids, at })).length, count);
    }
    await using served = await serve();
    const answer = served.acknowledge();
    await delay(takesMs * moment);
    served.running.process.kill("SIGKILL");
    await Promise.all([answer, served.running.ended]);
  }
  await using store = await openStore({ location: location(), thread: "caller" });
  const { ids } = await stored(store);
  seen.push(ids.length);
  assert.ok(ids.length === 0 || ids.length === count, `${ids.length} are acknowledged`);
  t.diagnostic(`a request takes ${Math.round(takesMs)} ms; acknowledged after each kill: ${seen.slice(1).join(", ")}`);
});

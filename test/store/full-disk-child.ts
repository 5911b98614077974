/** Fills the small disk mounted at the given folder, and prints how the store reacted. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ipv4FromNumber } from "../../src/core/address.ts";
import { HarbingerError, systemCode } from "../../src/core/errors.ts";
import { openStore } from "../../src/store/open-store.ts";
import { look, operators, policy, sighting, start } from "./sample.ts";

const folder = process.argv[2] ?? "";
const file = path.join(folder, "harbinger.db");
const ballast = path.join(folder, "ballast");
const count = 30_000;

const store = await openStore({ location: file });
await look(store, { at: start, sees: [sighting("192.0.2.1")] });
const session = await store.scans.begin({ watch: "big", ports: [22], engine: "connect", at: start });
for (let index = 0; index < count; index += 1000) {
  await session.add(Array.from({ length: 1000 }, (_, i) => sighting(ipv4FromNumber(0x0a000000 + index + i))));
}
fill();
const outcome = {
  at: start,
  status: "complete" as const,
  engine: "connect",
  notes: [],
  coverage: { kind: "all" as const },
  policy,
  audiences: [operators],
};
let failure: unknown;
try {
  await session.finish(outcome);
} catch (error) {
  failure = error;
}
const servicesAfterFailure = await store.services.count();
const scanAfterFailure = (await store.scans.list({ limit: 1 })).rows[0]?.status;
const integrity = integrityOf(file);
rmSync(ballast);
// Now there is room for all of it.
const { spawnSync } = await import("node:child_process");
spawnSync("mount", ["-o", "remount,size=200m", folder]);
const summary = await session.finish(outcome);
await store[Symbol.asyncDispose]();
process.stdout.write(
  JSON.stringify({
    failed: failure instanceof HarbingerError ? failure.code : String(failure),
    hasRemedy: failure instanceof HarbingerError && failure.remedy !== undefined,
    servicesAfterFailure,
    scanAfterFailure,
    integrity,
    newAfterRoom: summary.counts.new,
  }),
);

function fill(): void {
  for (let size = 1 << 20; size >= 4096; size >>= 1) {
    for (;;) {
      try {
        writeFileSync(ballast, Buffer.alloc(size), { flag: "a" });
      } catch (error) {
        if (systemCode(error) !== "ENOSPC") throw error;
        break;
      }
    }
  }
}

function integrityOf(database: string): string {
  const connection = new DatabaseSync(database, { readOnly: true });
  try {
    return String(Object.values(connection.prepare("pragma integrity_check").get() ?? {})[0]);
  } finally {
    connection.close();
  }
}

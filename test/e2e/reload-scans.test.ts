import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openStore } from "../../src/store/open-store.ts";
import { Reloading } from "../harness/reloading.ts";

const skip = process.platform === "win32" && "a command line of a POSIX shell";

test("a scan continues if its watch is unchanged, and is stopped if it changed; neither makes a host gone", {
  skip,
}, async () => {
  const watch = (name: string, last: string) =>
    `  ${name}: { command: "echo 10.9.0.1; echo begun >> ${name}; while [ ! -e go ]; do sleep 0.05; done; echo 10.9.0.${last}", ports: 22, devices: false, schedule: "0 3 * * *" }\n`;
  await using scans = await Reloading.start(
    `watches:\n${watch("kept", "2")}${watch("changed", "2")}${watch("removed", "2")}`,
    "waiting for the next schedule",
  );
  const begun = (name: string) =>
    existsSync(scans.file(name)) ? readFileSync(scans.file(name), "utf8").split("begun").length - 1 : 0;
  while (begun("kept") + begun("changed") + begun("removed") < 3) await delay(10);
  scans.write(`watches:\n${watch("kept", "2")}${watch("changed", "3")}${watch("new", "4")}`);
  const { status, stdout } = await scans.reload();
  assert.equal(status, 0);
  assert.match(stdout, /watch changed: .*\n {2}watch removed: removed\n {2}watch new: new/);
  writeFileSync(scans.file("go"), "");
  await scans.waitForOutput(/scan complete[\s\S]*scan complete[\s\S]*scan complete/);
  await scans.waitForOutput(/scan complete \{"watch":"new"/);
  const { status: ended } = await scans.stop();
  assert.equal(ended, 0);

  assert.equal(begun("kept"), 1, "it was not begun again");
  assert.equal(begun("changed"), 2);
  await using store = await openStore({ location: scans.file("harbinger.db"), thread: "caller" });
  const known = async (name: string) =>
    (await store.services.list({ watch: name, limit: 10 })).rows.map(({ address }) => address);
  assert.deepEqual(await known("kept"), ["10.9.0.1", "10.9.0.2"]);
  assert.deepEqual(await known("changed"), ["10.9.0.1", "10.9.0.3"]);
  assert.deepEqual(await known("new"), ["10.9.0.1", "10.9.0.4"]);
  assert.deepEqual(
    (await store.discoveries.list({ limit: 100 })).rows.filter(({ kind }) => kind === "gone"),
    [],
  );
  const statuses = (await store.scans.list({ limit: 20 })).rows
    .map(({ watch: of, status: came }) => `${of} ${came}`)
    .sort();
  assert.deepEqual(
    statuses.filter((text) => text.endsWith("complete")),
    ["changed complete", "kept complete", "new complete"],
  );
  const stopped = (await store.scans.list({ status: "partial", limit: 20 })).rows;
  assert.deepEqual(stopped.map(({ watch: of, reason }) => `${of}: ${reason}`).sort(), [
    "changed: stopped because its settings were changed; it starts again",
    "removed: stopped because it was removed from the configuration",
  ]);
  assert.deepEqual((await store.discoveries.list({ kinds: ["scan-failed"], limit: 5 })).rows, []);
});

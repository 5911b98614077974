import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { lockFile } from "./file-lock.ts";
import { systemClock } from "./system-clock.ts";

const modulePath = fileURLToPath(new URL("./file-lock.ts", import.meta.url));
const clockPath = fileURLToPath(new URL("./system-clock.ts", import.meta.url));

test("one process at a time holds a file; it is free when it is released, or its process is killed", async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-lock-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "x.lock");
  const program = `
    import { lockFile } from ${JSON.stringify(modulePath)};
    import { systemClock } from ${JSON.stringify(clockPath)};
    globalThis.held = await lockFile(${JSON.stringify(file)}, { clock: systemClock, timeoutMs: 10_000 });
    console.log("held");
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(child.stdout, "data");

  assert.equal(await lockFile(file, { clock: systemClock, timeoutMs: 100 }), undefined);
  child.kill("SIGKILL");
  await once(child, "exit");
  for (let time = 0; time < 2; time += 1) {
    const held = await lockFile(file, { clock: systemClock, timeoutMs: 5000 });
    assert.ok(held !== undefined);
    held[Symbol.dispose]();
  }
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("a file that cannot be created throws the system's error", async () => {
  await assert.rejects(lockFile("/dev/null/x.lock", { clock: systemClock, timeoutMs: 0 }), { code: "ENOTDIR" });
});

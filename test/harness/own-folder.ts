/** Temporary folders with file systems of machines. They are large, so those of killed test processes are removed. */
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const word = "harbinger-root";

/**
 * A new folder, named after the process that it belongs to. Removes those whose process has ended. For a process of another namespace
 * that cannot be seen, so its folders stay.
 */
export function ownFolder(): string {
  const prefix = `${word}-${processNamespace()}-`;
  for (const name of readdirSync(os.tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const owner = /^\d+(?=-)/.exec(name.slice(prefix.length))?.[0];
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue;
    // Another process may do the same right now. Mounts in it ended with their namespace.
    rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true, maxRetries: 3 });
  }
  return mkdtempSync(path.join(os.tmpdir(), `${prefix}${process.pid}-`));
}

function processNamespace(): string {
  return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
}

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Assumed if the system does not report it: the lowest default of the supported systems. */
const assumedLimit = 256;

/** How many files and sockets this process may have open at once (the soft limit), and how many it has now. */
export function descriptorBudget(): { readonly limit: number; readonly open: number } {
  return { limit: descriptorLimit(), open: openDescriptors() };
}

function descriptorLimit(): number {
  // libuv's sockets on Windows are handles, whose limit is about 16 million.
  if (process.platform === "win32") return 16_000;
  try {
    const line = /^Max open files\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "latin1"));
    if (line?.[1] !== undefined) return parseLimit(line[1]);
  } catch {
    // Without procfs: read it from a shell, which inherits our limit.
  }
  try {
    return parseLimit(execFileSync("/bin/sh", ["-c", "ulimit -n"], { encoding: "latin1", timeout: 2000 }).trim());
  } catch {
    return assumedLimit;
  }
}

function parseLimit(text: string): number {
  if (text === "unlimited") return 1_000_000;
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : assumedLimit;
}

function openDescriptors(): number {
  for (const folder of ["/proc/self/fd", "/dev/fd"]) {
    try {
      return readdirSync(folder).length;
    } catch {
      // Try the next.
    }
  }
  return 32;
}

import { writeFileSync } from "node:fs";

/**
 * Sets the name of this process for `ps`, `top`, `ss -p`, `pgrep` and systemd, which would show `MainThread` otherwise. Its
 * command line does not change. Linux only.
 */
export function nameProcess(name: string): void {
  if (process.platform !== "linux") return;
  try {
    writeFileSync("/proc/self/comm", name);
  } catch {
    // If /proc is missing or read-only, the name does not change.
  }
}

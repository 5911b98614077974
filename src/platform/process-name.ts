import { writeFileSync } from "node:fs";

/**
 * Names this process for `ps`, `top`, `ss -p`, `pgrep` and systemd, which would show `MainThread` otherwise. Its command line stays.
 * On Linux alone.
 */
export function nameProcess(name: string): void {
  if (process.platform !== "linux") return;
  try {
    writeFileSync("/proc/self/comm", name);
  } catch {
    // Without /proc, or where it is read-only, the name stays as it is.
  }
}

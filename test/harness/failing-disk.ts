import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TestContext } from "node:test";

const errorNumbers = { EIO: 5, EROFS: 30 } as const;

export interface FailingDisk {
  /** The environment of the affected program. */
  readonly environment: Readonly<Record<string, string>>;
  /** From now on each write to those files, and each flush, fails. */
  fail(how: keyof typeof errorNumbers): void;
  work(): void;
}

/**
 * Makes a program's writes to files whose path contains `at` fail on request, by a library that is loaded before libc. `undefined`, and the
 * test is skipped, if that is not possible.
 */
export function failingDisk(
  t: TestContext,
  { at, folder }: { readonly at: string; readonly folder: string },
): FailingDisk | undefined {
  const library = path.join(folder, "failing-disk.so");
  const source = path.join(import.meta.dirname, "failing-disk.c");
  try {
    execFileSync("gcc", ["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, source, "-ldl"], {
      stdio: "pipe",
    });
  } catch {
    t.skip("the library that makes writes fail cannot be built here (needs gcc on Linux)");
    return undefined;
  }
  const lever = path.join(folder, "failing-disk.switch");
  return {
    environment: { LD_PRELOAD: library, FAILING_DISK_PATH: at, FAILING_DISK_SWITCH: lever },
    fail: (how) => writeFileSync(lever, String(errorNumbers[how])),
    work: () => rmSync(lever),
  };
}

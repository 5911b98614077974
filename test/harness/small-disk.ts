import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TestContext } from "node:test";

export interface SmallDisk extends Disposable {
  readonly path: string;
  /** Leaves no free space. */
  fill(): void;
  /** As it was before `fill`. */
  empty(): void;
}

/** A file system of 3 MiB, mounted in `folder`; `undefined`, and the test is skipped, if that is not possible. */
export function smallDisk(t: TestContext, folder: string): SmallDisk | undefined {
  const mount = path.join(folder, "disk");
  mkdirSync(mount);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", mount], { stdio: "pipe" });
  } catch {
    t.skip("a small file system cannot be mounted here (needs root)");
    return undefined;
  }
  chmodSync(mount, 0o700);
  const filler = path.join(mount, "filler");
  return {
    path: mount,
    fill() {
      try {
        writeFileSync(filler, Buffer.alloc(4 * 1024 * 1024));
      } catch {
        // Full, as intended.
      }
    },
    empty() {
      rmSync(filler, { force: true });
    },
    [Symbol.dispose]() {
      execFileSync("umount", ["-l", mount]);
    },
  };
}

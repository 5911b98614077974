import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** A folder that is removed afterwards. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(path.join(os.tmpdir(), "harbinger-enrich-"));

  file(name: string): string {
    return path.join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

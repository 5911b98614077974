import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** A `mail` command that records its input: arguments, each ended by a NUL, and standard input. */
export class RecordingMail implements Disposable {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-mail-"));
  readonly command = path.join(this.folder, "mail");

  constructor() {
    this.become(`printf '%s\\0' "$@" >>"$0.args"; cat >>"$0.text"; printf '\\0' >>"$0.text"`);
  }

  become(script: string): void {
    writeFileSync(this.command, `#!/bin/sh\n${script}\n`);
    chmodSync(this.command, 0o755);
  }

  get args(): readonly string[] {
    return this.#records("args");
  }

  get texts(): readonly string[] {
    return this.#records("text");
  }

  #records(name: string): readonly string[] {
    const file = `${this.command}.${name}`;
    return existsSync(file) ? readFileSync(file, "utf8").split("\0").slice(0, -1) : [];
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

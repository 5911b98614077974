import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Shared by the plans of servers: the certificate of the tests, and files that servers without root can read. */

export const certificate = fileURLToPath(new URL("../../harness/certificates/localhost.pem", import.meta.url));
export const key = fileURLToPath(new URL("../../harness/certificates/test-only-key.pem", import.meta.url));

export const isRoot = process.getuid?.() === 0;

export function write(folder: string, name: string, lines: readonly string[]): string {
  const file = path.join(folder, name);
  writeFileSync(file, `${lines.join("\n")}\n`);
  chmodSync(file, 0o644);
  return file;
}

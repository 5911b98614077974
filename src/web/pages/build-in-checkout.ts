import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Log } from "../../core/log.ts";
import { isSingleExecutable } from "../../platform/single-executable.ts";

const timeLimitMs = 180_000;

/** The folder of the checkout or of the installed package. Not for the single executable. */
export function packageRoot(): string {
  return fileURLToPath(new URL("../../..", import.meta.url));
}

/**
 * In a checkout: builds the pages if their sources have changed since. That takes seconds, in another process, which does not keep
 * this one from ending.
 * @returns when the pages are up to date or cannot be built; then the log has the reason
 */
export async function buildInCheckout(log: Log): Promise<void> {
  if (isSingleExecutable) return;
  const root = packageRoot();
  const script = path.join(root, "scripts", "pages", "build-pages.ts");
  if (!existsSync(script)) return;
  if (!existsSync(path.join(root, "node_modules", "vite"))) {
    // Without development packages: pages that were built before are served.
    if (existsSync(path.join(root, "dist", "pages"))) return;
    log.warn("no pages: building them needs the development packages", { remedy: `run "npm ci" in ${root}` });
    return;
  }
  await new Promise<void>((resolve) => {
    const child = execFile(process.execPath, [script, "--if-changed"], { cwd: root, timeout: timeLimitMs }, (error) => {
      // Most often a package is missing that the sources need since an update of the checkout.
      const remedy = `run "npm ci" in ${root}, then start again`;
      if (error !== null) log.warn("the pages could not be built", { remedy, error: error.message.slice(0, 2000) });
      resolve();
    });
    child.unref();
  });
}

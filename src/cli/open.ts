import { existsSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { type LoadOutcome, loadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problems.ts";
import { checkNames } from "../core/check.ts";
import { HarbingerError } from "../core/errors.ts";
import type { Store } from "../core/store.ts";
import type { CommonOptions } from "./common-options.ts";
import { note } from "./output.ts";

/** The configuration that the options name, or what is wrong with it. */
export function readConfig(common: CommonOptions): LoadOutcome {
  return loadConfig({
    file: common.config,
    explicit: common.config !== undefined,
    environment: process.env,
    checkNames,
  });
}

/**
 * The configuration; warnings are shown.
 * @throws HarbingerError `config` with everything that is wrong
 */
export function requireConfig(common: CommonOptions): Config {
  const outcome = readConfig(common);
  if (outcome.kind === "invalid") {
    const list = outcome.problems.map(formatProblem).join("\n");
    throw new HarbingerError("config", `the configuration cannot be used:\n${list}`);
  }
  if (common.quiet !== true) for (const warning of outcome.warnings) note(`Warning: ${formatProblem(warning)}`);
  return outcome.config;
}

/**
 * The configured store, for looking and for small changes; without the lock.
 * @throws HarbingerError where nothing was ever stored: looking makes no database
 */
export async function openConfiguredStore(common: CommonOptions): Promise<Store> {
  const config = requireConfig({ ...common, quiet: true });
  const { parseStoreLocation } = await import("../store/location.ts");
  const location = parseStoreLocation(config.store.location);
  if (location.kind === "sqlite" && !existsSync(location.file)) {
    throw new HarbingerError("store", `there is no database yet: ${location.file}`, {
      remedy: "The first run makes it: harbinger run, or harbinger --mode cron.",
    });
  }
  const { openStore } = await import("../store/open-store.ts");
  return openStore({ ...config.store, thread: "caller" });
}

import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { chooseFile, describeChoice, howToLoad } from "../config/choose-file.ts";
import type { Config } from "../config/config.ts";
import { type LoadOutcome, loadConfig } from "../config/load.ts";
import { formatProblem, type Problem } from "../config/problems.ts";
import { checkNames } from "../core/check.ts";
import { HarbingerError, systemCode } from "../core/errors.ts";
import type { Store } from "../core/store.ts";
import type { CommonOptions } from "./common-options.ts";
import { note } from "./output.ts";

/** The configuration that the options name, or what is wrong with it. */
export function readConfig(common: CommonOptions): LoadOutcome {
  const chosen = chooseFile({ option: common.config, environment: process.env });
  if (common.verbose === true) note(`Configuration: ${describeChoice(chosen)}`);
  return loadConfig({ ...howToLoad(chosen), environment: process.env, checkNames });
}

/**
 * The configuration; warnings are shown.
 * @throws HarbingerError `config` with everything that is wrong
 */
export function requireConfig(common: CommonOptions): Config {
  const outcome = readConfig(common);
  if (outcome.kind === "invalid") throw unusable(outcome.problems);
  if (common.quiet !== true) for (const warning of outcome.warnings) note(`Warning: ${formatProblem(warning)}`);
  return outcome.config;
}

/**
 * The same for one look that needs no configuration: where the one of this machine is not for this user, that is told, and the built-in
 * default stands in for it.
 * @throws HarbingerError `config` as {@link requireConfig} does
 */
export function configForOneLook(common: CommonOptions): Config {
  const chosen = chooseFile({ option: common.config, environment: process.env });
  if (chosen.by !== "system" || isReadable(chosen.file)) return requireConfig(common);
  if (common.quiet !== true) {
    note(
      `Warning: ${chosen.file} is not readable for this user, so its scope.allow and scope.exclude do not count here`,
    );
  }
  const outcome = loadConfig({ file: undefined, explicit: false, environment: process.env, checkNames });
  if (outcome.kind === "invalid") throw unusable(outcome.problems);
  return outcome.config;
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch (error) {
    // What else is wrong with it is told where it is read.
    return systemCode(error) !== "EACCES" && systemCode(error) !== "EPERM";
  }
}

function unusable(problems: readonly Problem[], remedy?: string): HarbingerError {
  const list = problems.map(formatProblem).join("\n");
  const message = `the configuration cannot be used:\n${list}`;
  return new HarbingerError("config", message, remedy === undefined ? {} : { remedy });
}

/** Mistakes that are named where they do not matter; `harbinger config check` has them all. */
const mistakesShown = 3;

/**
 * Where the store is. Looking needs nothing else of the configuration, so that mistakes elsewhere are only told.
 * @throws HarbingerError `config` where it cannot be told for certain
 */
export function requireStoreSettings(common: CommonOptions): Config["store"] {
  const outcome = readConfig(common);
  if (outcome.kind === "config") return outcome.config.store;
  const { problems, store } = outcome;
  if (store === undefined) {
    throw unusable(problems, "HARBINGER_STORE=sqlite:FILE says where the database is, whatever the file says.");
  }
  if (common.quiet !== true) {
    note("Warning: the configuration has mistakes, so that nothing can run with it:");
    for (const problem of problems.slice(0, mistakesShown)) note(`  ${formatProblem(problem)}`);
    if (problems.length > mistakesShown) note("  ... harbinger config check lists them all");
  }
  return store;
}

/**
 * The configured store, for small changes and for one thing that is asked for; without the lock. A configuration that is
 * wrong elsewhere is no hindrance.
 * @throws HarbingerError where nothing was ever stored: looking makes no database
 */
export async function openConfiguredStore(common: CommonOptions): Promise<Store> {
  const opened = await openExisting(common);
  if (opened.kind === "store") return opened.store;
  throw new HarbingerError("store", `nothing is stored yet: there is no database ${opened.missing}`, {
    remedy: firstRun,
  });
}

/**
 * The same for lists. Where nothing was ever stored, the list is empty: that is no failure, and is told on standard error.
 * @returns `undefined` where there is no database yet
 */
export async function openStoreToList(common: CommonOptions): Promise<Store | undefined> {
  const opened = await openExisting(common);
  if (opened.kind === "store") return opened.store;
  if (common.quiet !== true) note(`Nothing is stored yet: there is no database ${opened.missing}.\n${firstRun}`);
  return undefined;
}

const firstRun =
  "The first run makes it: harbinger run, or harbinger --mode cron. Where it was made in another folder, start there, or use --config.";

type Opened =
  | { readonly kind: "store"; readonly store: Store }
  | { readonly kind: "missing"; readonly missing: string };

async function openExisting(common: CommonOptions): Promise<Opened> {
  const settings = requireStoreSettings(common);
  const { parseStoreLocation } = await import("../store/location.ts");
  const location = parseStoreLocation(settings.location);
  if (location.kind === "sqlite" && !existsSync(location.file)) {
    return { kind: "missing", missing: path.resolve(location.file) };
  }
  const { openStore } = await import("../store/open-store.ts");
  return { kind: "store", store: await openStore({ ...settings, thread: "caller" }) };
}

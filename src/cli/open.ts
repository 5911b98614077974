import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { chooseFile, describeChoice, loadOptions } from "../config/choose-file.ts";
import type { Config } from "../config/config.ts";
import { type LoadOutcome, loadConfig } from "../config/load.ts";
import { formatProblem, type Problem } from "../config/problems.ts";
import { checkNames } from "../core/check.ts";
import { HarbingerError, systemCode } from "../core/errors.ts";
import type { Store } from "../core/store.ts";
import { adoptConfiguredTimeZone } from "../platform/system-time-zone.ts";
import type { CommonOptions } from "./common-options.ts";
import { note } from "./output.ts";

/** The configuration that the options select, or its errors. */
export function readConfig(common: CommonOptions): LoadOutcome {
  const chosen = chooseFile({ option: common.config, environment: process.env });
  if (common.verbose === true) note(`Configuration: ${describeChoice(chosen)}`);
  return loadConfig({ ...loadOptions(chosen), environment: process.env, checkNames });
}

/**
 * The configuration; prints warnings.
 * @throws HarbingerError `config` with all errors
 */
export function requireConfig(common: CommonOptions): Config {
  const outcome = readConfig(common);
  if (outcome.kind === "invalid") throw unusable(outcome.problems);
  if (common.quiet !== true) for (const warning of outcome.warnings) note(`Warning: ${formatProblem(warning)}`);
  return outcome.config;
}

/**
 * The same for a command that needs no configuration: if this user may not read the system-wide file, prints a warning and uses
 * the built-in default.
 * @throws HarbingerError `config` as {@link requireConfig} does
 */
export function configOrDefault(common: CommonOptions): Config {
  const chosen = chooseFile({ option: common.config, environment: process.env });
  if (chosen.by !== "system" || isReadable(chosen.file)) return requireConfig(common);
  if (common.quiet !== true) {
    note(`Warning: ${chosen.file} is not readable for this user, so its scope.allow and scope.exclude are not applied`);
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
    // Other errors are reported when the file is read.
    return systemCode(error) !== "EACCES" && systemCode(error) !== "EPERM";
  }
}

function unusable(problems: readonly Problem[], remedy?: string): HarbingerError {
  const list = problems.map(formatProblem).join("\n");
  const message = `the configuration cannot be used:\n${list}`;
  return new HarbingerError("config", message, remedy === undefined ? {} : { remedy });
}

/** Maximum number of unrelated errors printed; `harbinger config check` shows all. */
const errorsShown = 3;

/**
 * The location of the store; times are shown in the configured zone from then on. Read-only commands need nothing else of the configuration, so other errors are only warnings.
 * @throws HarbingerError `config` if the location is not certain
 */
export function requireStoreSettings(common: CommonOptions): Config["store"] {
  const outcome = readConfig(common);
  if (outcome.kind === "config") {
    adoptConfiguredTimeZone(process.env, outcome.config.standalone.timeZone);
    return outcome.config.store;
  }
  const { problems, store, timeZone } = outcome;
  if (store === undefined) {
    throw unusable(
      problems,
      "Set HARBINGER_STORE=sqlite:FILE to select the database independently of the configuration file.",
    );
  }
  adoptConfiguredTimeZone(process.env, timeZone);
  if (common.quiet !== true) {
    note("Warning: the configuration has errors; harbinger cannot run with it:");
    for (const problem of problems.slice(0, errorsShown)) note(`  ${formatProblem(problem)}`);
    if (problems.length > errorsShown) note("  ... harbinger config check lists all errors");
  }
  return store;
}

/**
 * The configured store without its lock, for small changes and single lookups. Ignores errors elsewhere in the configuration.
 * @throws HarbingerError if no database exists: a lookup does not create one
 */
export async function openConfiguredStore(common: CommonOptions): Promise<Store> {
  const opened = await openExisting(common);
  if (opened.kind === "store") return opened.store;
  throw new HarbingerError("store", `nothing is stored yet: there is no database ${opened.missing}`, {
    remedy: firstRun,
  });
}

/**
 * The same for lists. If no database exists the list is empty: a note on standard error, not a failure.
 * @returns `undefined` if there is no database yet
 */
export async function openStoreToList(common: CommonOptions): Promise<Store | undefined> {
  const opened = await openExisting(common);
  if (opened.kind === "store") return opened.store;
  if (common.quiet !== true) note(`Nothing is stored yet: there is no database ${opened.missing}.\n${firstRun}`);
  return undefined;
}

const firstRun =
  "The first run creates it: harbinger run, or harbinger --mode cron. If it is in another folder, run the command there or use --config.";

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

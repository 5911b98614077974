import { existsSync, realpathSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import { HarbingerError, messageOf } from "../../core/errors.ts";
import type { ImportStore } from "../../core/import-store.ts";
import { tallyOf } from "../../core/import-store.ts";
import { suggestName } from "../../core/nearest-name.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Watch } from "../../core/watch.ts";
import { ForeignDatabase } from "../../import/foreign-database.ts";
import { gatherFile, kindOf } from "../../import/gather-file.ts";
import { Gathered } from "../../import/gathered.ts";
import { type ImportFile, openImportFile } from "../../import/import-file.ts";
import { mergeGathered } from "../../import/merge-gathered.ts";
import { recogniseDatabase } from "../../import/read-databases.ts";
import { onShutdownSignals } from "../../platform/shutdown-signals.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { plural } from "../../present/text/plural.ts";
import { parseStoreLocation } from "../../store/location.ts";
import { openStore } from "../../store/open-store.ts";
import type { CommonOptions } from "../common-options.ts";
import { setExitStatus } from "../exit.ts";
import { requireConfig } from "../open.ts";
import { note, print, printJson } from "../output.ts";
import type { ImportCommandOptions } from "./import-command-options.ts";
import { type ImportProgress, importProgress, silentProgress } from "./import-progress.ts";
import { exampleLines, faultLines, fileLine, type ReadFile, resultLines } from "./import-summary.ts";
import { watchesOfService } from "./watches-of-service.ts";

/**
 * Reads all files into one temporary database, then merges it into the store. Unreadable files and records are
 * reported with their place; the others are imported.
 */
export async function importFiles(
  paths: readonly string[],
  options: ImportCommandOptions,
  common: CommonOptions,
): Promise<void> {
  const abort = new AbortController();
  using _signals = onShutdownSignals({ first: () => abort.abort(), second: () => process.exit(130) });
  using progress = common.quiet === true || common.json === true ? silentProgress : importProgress(process.stderr);
  using gathered = new Gathered();
  const inputs = await recogniseFiles(paths, options);
  const { configurations, data } = inputs;
  if (configurations.length > 0) {
    const { importConfiguration } = await import("./import-configuration.ts");
    await importConfiguration(configurations, { options, common });
  } else if (options.output !== undefined) {
    throw new HarbingerError("usage", "--output needs a configuration, and no file is one");
  }
  if (data.length === 0) return;
  const config = requireConfig(common);
  const watches = chosenWatches(config, options.watch);
  const read = await gatherAll(data, { gathered, config, progress, signal: abort.signal, common });
  if (read === undefined) {
    note("Interrupted while reading: nothing was imported.");
    setExitStatus(1);
    return;
  }
  await merge({ gathered, config, watches, progress, signal: abort.signal, options, common });
}

interface Inputs {
  readonly configurations: readonly {
    readonly file: ImportFile;
    readonly format: "harbinger-yaml" | "portwatcher-env";
  }[];
  readonly data: readonly { readonly file: ImportFile; readonly format: ReadFile["format"] }[];
}

async function recogniseFiles(paths: readonly string[], options: ImportCommandOptions): Promise<Inputs> {
  const configurations: Inputs["configurations"][number][] = [];
  const data: Inputs["data"][number][] = [];
  const now = systemClock.now();
  for (const path of paths) {
    try {
      const file = await openImportFile(path, now);
      const found = kindOf(file, options.format);
      if (found.kind === "configuration") configurations.push({ file, format: found.format });
      else if (found.kind === "data") data.push({ file, format: found.format });
      else refuse(`${safeText(path)} ${found.reason}`);
    } catch (error) {
      if (!(error instanceof HarbingerError)) throw error;
      refuse(safeText(error.message));
      if (error.remedy !== undefined) note(error.remedy);
    }
  }
  return { configurations, data };
}

/** Reports the file and sets the exit status; the other files are still read. */
function refuse(message: string): void {
  note(`harbinger: ${message}`);
  setExitStatus(1);
}

function chosenWatches(config: Config, name: string | undefined): readonly Watch[] {
  if (name === undefined) return config.watches;
  const chosen = config.watches.filter((watch) => watch.name === name);
  if (chosen.length > 0) return chosen;
  const names = config.watches.map((watch) => watch.name);
  throw new HarbingerError("usage", `there is no watch ${JSON.stringify(name)} in the configuration`, {
    remedy: suggestName(name, names),
  });
}

interface GatherContext {
  readonly gathered: Gathered;
  readonly config: Config;
  readonly progress: ImportProgress;
  readonly signal: AbortSignal;
  readonly common: CommonOptions;
}

/** @returns `undefined` when interrupted */
async function gatherAll(data: Inputs["data"], context: GatherContext): Promise<true | undefined> {
  const { gathered, progress, signal, common } = context;
  for (const [index, { file, format }] of data.entries()) {
    if (isStoreItself(file, context.config)) {
      note(`${safeText(file.path)} is the configured database itself. harbinger migrates it when it first opens it.`);
      continue;
    }
    progress.begin(`reading ${safeText(file.path)}`, file.size);
    try {
      const onBytes = (bytes: number) => progress.add(bytes);
      const reading = await gatherFile(file, gathered, { format, index, onBytes, signal });
      showFile({ path: file.path, format, ...reading }, common);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (error instanceof HarbingerError) throw error;
      refuse(`cannot read ${safeText(file.path)} to its end: ${messageOf(error)}`);
    }
    if (signal.aborted) return undefined;
  }
  return true;
}

function isStoreItself(file: ImportFile, config: Config): boolean {
  const location = parseStoreLocation(config.store.location);
  return (
    location.kind === "sqlite" && existsSync(location.file) && realpathSync(location.file) === realpathSync(file.path)
  );
}

function showFile(read: ReadFile, common: CommonOptions): void {
  if (read.faultCount > 0) setExitStatus(1);
  if (common.json === true) {
    const { path, format, records, faultCount, faults } = read;
    printJson({ type: "file", file: path, format, records, unreadable: faultCount, faults });
    return;
  }
  if (common.quiet !== true) print(fileLine(read));
  for (const line of faultLines(read)) note(line);
}

interface MergeContext extends GatherContext {
  readonly watches: readonly Watch[];
  readonly options: ImportCommandOptions;
}

async function merge(context: MergeContext): Promise<void> {
  const { gathered, config, watches, progress, signal, options, common } = context;
  const isTrial = options.dryRun === true;
  const { services, devices, connections } = gathered.counts;
  const total = services + devices + connections;
  await using opened = await storeFor(config, isTrial);
  const [only] = options.watch === undefined ? [] : watches;
  const watchesOf = await watchesOfService(watches);
  progress.begin(isTrial ? "comparing" : "storing", total);
  const result = await mergeGathered(gathered, opened.imports, {
    isTrial,
    only: only === undefined ? undefined : { name: only.name, ports: only.ports },
    watchesOf,
    clock: systemClock,
    signal,
    onMerged: (count) => progress.add(count),
  });
  progress[Symbol.dispose]();
  if (common.json === true)
    printJson({ type: "result", dryRun: isTrial, complete: !result.isCutOff, ...shown(result) });
  else {
    for (const line of resultLines(result, { isTrial, isForOne: only !== undefined })) print(line);
    if (isTrial) for (const line of exampleLines(gathered)) print(line);
  }
  if (!result.isCutOff) return;
  note(
    `Interrupted before all ${plural(total, "record")} were stored. Stored records are kept; repeat the command to store the rest.`,
  );
  setExitStatus(1);
}

function shown({ services, devices, connections, unwatched }: Awaited<ReturnType<typeof mergeGathered>>) {
  return { services: { ...services, unwatched }, devices, connections };
}

/** Whether a database of this program exists; opening one of the earlier tool would change it. */
function isOurs(file: string): boolean {
  if (!existsSync(file)) return false;
  const opened = ForeignDatabase.open(file);
  if (opened.kind === "bad") return true;
  using database = opened.database;
  return recogniseDatabase(database) === "ours";
}

/** A dry run creates no database: everything would be new in it. */
async function storeFor(
  config: Config,
  isTrial: boolean,
): Promise<{ readonly imports: ImportStore } & AsyncDisposable> {
  const location = parseStoreLocation(config.store.location);
  if (isTrial && location.kind === "sqlite" && !isOurs(location.file)) {
    const all = async (batch: readonly unknown[]) => tallyOf(batch.map(() => ({ kind: "added" })));
    return { imports: { services: all, devices: all, connections: all }, async [Symbol.asyncDispose]() {} };
  }
  return await openStore({ ...config.store, thread: "caller" });
}

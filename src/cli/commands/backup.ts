import { Command, Option } from "commander";
import { HarbingerError } from "../../core/errors.ts";
import { formatTime } from "../../present/text/time-text.ts";
import { type CommonOptions, commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { note, print, printJson } from "../output.ts";
import { parseCount } from "../parse-count.ts";

interface BackupCommandOptions {
  readonly force?: boolean;
  readonly keep?: number;
}

export function backupCommand(): Command {
  return withCommonOptions(new Command("backup"))
    .description("copy the database to one file, also while harbinger is running")
    .argument("<file>", "the file to write; a folder, for a file named after the time; or - for standard output")
    .option("--force", "replace an existing file")
    .addOption(
      new Option("--keep <count>", "in a folder: keep only this many backups of this database").argParser(parseCount),
    )
    .addHelpText(
      "after",
      `
The copy contains the database at one point in time. It is checked, and only its owner can read it. It gets its final name when
it is complete. harbinger restore reads it.
${examples(
  "harbinger backup /var/backups/harbinger.db",
  "harbinger backup /var/backups/harbinger --keep 14",
  "harbinger backup - | ssh backup@example.org 'cat > harbinger.db'",
)}`,
    )
    .action((file: string, options: BackupCommandOptions, command: Command) =>
      backUp(file, options, commonOptions(command)),
    );
}

async function backUp(wanted: string, options: BackupCommandOptions, common: CommonOptions): Promise<void> {
  const { existsSync, statSync } = await import("node:fs");
  const path = await import("node:path");
  const { requireSqliteFile } = await import("../sqlite-only.ts");
  const source = requireSqliteFile(common, {
    command: "backup",
    instead: (connection) => `pg_dump --format=custom --file=harbinger.dump ${connection}`,
  });
  if (!existsSync(source)) {
    throw new HarbingerError("store", `nothing is stored yet: there is no database ${source}`, {
      remedy: "If it is in another folder, run the command there or use --config.",
    });
  }
  const place = path.resolve(wanted);
  const isFolder = wanted !== "-" && statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder && (options.keep !== undefined || /[\\/]$/.test(wanted))) {
    throw new HarbingerError("usage", wanted === "-" ? "--keep needs a folder" : `${place} is not a folder`, {
      remedy: "Create the folder first, or name a file and omit --keep.",
    });
  }
  if (wanted === "-") return await writeToStandardOutput(source, common);
  const { backupName, keepNewest } = await import("../../store/sqlite/backup-folder.ts");
  const target = isFolder ? backupName(place, Date.now()) : place;
  const backup = await makeBackup(source, { target, force: options.force === true, common });
  const { keep } = options;
  const removed = keep === undefined ? [] : keepNewest(place, { source, made: target, keep, now: Date.now() });
  await report({ ...backup, removed }, common, print);
}

type Made = Awaited<ReturnType<typeof import("../../store/sqlite/online-backup.ts").backUpDatabase>>;

async function makeBackup(
  file: string,
  {
    common,
    ...place
  }: {
    readonly target: string;
    readonly shownTarget?: string;
    readonly force: boolean;
    readonly common: CommonOptions;
  },
): Promise<Made> {
  const { backUpDatabase } = await import("../../store/sqlite/online-backup.ts");
  const { onShutdownSignals } = await import("../../platform/shutdown-signals.ts");
  const { CopyBar } = await import("../copy-bar.ts");
  const { programVersion } = await import("../../platform/program-version.ts");
  const stop = new AbortController();
  using _signals = onShutdownSignals({ first: () => stop.abort(), second: () => process.exit(1) });
  using bar = common.quiet === true ? undefined : new CopyBar(process.stderr, "copying the database");
  try {
    return await backUpDatabase({
      file,
      ...place,
      program: programVersion(),
      now: () => Date.now(),
      signal: stop.signal,
      onProgress: ({ donePages, totalPages }) => bar?.update(donePages, totalPages),
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new HarbingerError("store", "the backup was interrupted; the partial file was removed");
  }
}

/** Makes and checks the copy in a temporary file, then writes it to standard output. */
async function writeToStandardOutput(source: string, common: CommonOptions): Promise<void> {
  if (process.stdout.isTTY === true) {
    throw new HarbingerError("usage", "refusing to write a backup to a terminal", {
      remedy: "Redirect standard output to a file or a program, or name a file.",
    });
  }
  const { createReadStream, mkdtempSync, rmSync } = await import("node:fs");
  const { pipeline } = await import("node:stream/promises");
  const os = await import("node:os");
  const path = await import("node:path");
  // Only its owner may read it.
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-backup-"));
  try {
    const target = path.join(folder, "harbinger.db");
    const backup = await makeBackup(source, { target, shownTarget: "standard output", force: false, common });
    await pipeline(createReadStream(target), process.stdout, { end: false });
    await report({ ...backup, file: "-", removed: [] }, common, note);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function report(
  { file, bytes, at, removed, ...contents }: Made & { readonly removed: readonly string[] },
  common: CommonOptions,
  printLine: (text: string) => void,
): Promise<void> {
  const { contentsJson, contentsText } = await import("../database-text.ts");
  if (common.json === true) {
    const json = { file, bytes, upTo: new Date(at).toISOString(), ...contentsJson(contents), removed };
    if (file === "-") note(JSON.stringify(json));
    else printJson(json);
    return;
  }
  if (common.quiet === true) return;
  const { sizeText } = await import("../../core/size-text.ts");
  printLine(`Backup ${file === "-" ? "on standard output" : file}, ${sizeText(bytes)}`);
  printLine(`  contains everything stored up to ${formatTime(at)}:`);
  printLine(`  ${contentsText(contents)}`);
  for (const old of removed) printLine(`  removed ${old}`);
}

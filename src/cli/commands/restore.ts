import { Command, Option } from "commander";
import { HarbingerError } from "../../core/errors.ts";
import { plural } from "../../present/text/plural.ts";
import { formatTime } from "../../present/text/time-text.ts";
import { type CommonOptions, commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { note, print, printJson } from "../output.ts";
import { shellWord } from "../program-name.ts";

interface RestoreCommandOptions {
  readonly force?: boolean;
  readonly dropWaiting?: boolean;
  readonly sendWaiting?: boolean;
}

export function restoreCommand(): Command {
  return withCommonOptions(new Command("restore"))
    .description("replace the database with a backup")
    .argument("<file>", "a file written by harbinger backup, or a copy beside the database")
    .option("--force", "replace an existing database, which is kept beside it under another name")
    .addOption(
      new Option(
        "--send-waiting",
        "send messages that were waiting in the backup, although they may have been sent since",
      ).conflicts("dropWaiting"),
    )
    .option("--drop-waiting", "never send messages that were waiting in the backup")
    .addHelpText(
      "after",
      `
Messages that waited when the backup was made are kept and not sent, because they may have been sent since: harbinger deliveries
--state dead lists them, harbinger deliveries retry sends them.
${examples("harbinger restore /var/backups/harbinger.db", "harbinger restore harbinger.db.schema-5-2026-01-31 --force")}`,
    )
    .action((file: string, options: RestoreCommandOptions, command: Command) =>
      restore(file, options, commonOptions(command)),
    );
}

async function restore(wanted: string, options: RestoreCommandOptions, common: CommonOptions): Promise<void> {
  const path = await import("node:path");
  const { requireSqliteFile } = await import("../sqlite-only.ts");
  const file = requireSqliteFile(common, {
    command: "restore",
    instead: (connection) =>
      `pg_restore --clean --if-exists --no-owner --single-transaction --dbname=${connection} harbinger.dump\nThen, before the first run: harbinger deliveries hold`,
  });
  if (wanted === "-") {
    throw new HarbingerError("usage", "cannot read a backup from standard input", {
      remedy: "Write it to a file first.",
    });
  }
  const { restoreDatabase } = await import("../../store/sqlite/restore-database.ts");
  const { systemClock } = await import("../../platform/system-clock.ts");
  const { CopyBar } = await import("../copy-bar.ts");
  const { silentLog } = await import("../../core/log.ts");
  using bar = common.quiet === true ? undefined : new CopyBar(process.stderr, "copying the backup");
  const restored = await restoreDatabase({
    from: path.resolve(wanted),
    file,
    force: options.force === true,
    waiting: options.sendWaiting === true ? "send" : options.dropWaiting === true ? "drop" : "hold",
    clock: systemClock,
    log: silentLog,
    onProgress: ({ donePages, totalPages }) => bar?.update(donePages, totalPages),
  });
  const { contentsJson, contentsText } = await import("../database-text.ts");
  const { foundSchema, setAside, withheld, backup } = restored;
  if (common.json === true) {
    return printJson({
      file,
      ...contentsJson(restored),
      foundSchema,
      upTo: backup === undefined ? undefined : new Date(backup.at).toISOString(),
      setAside,
      withheld,
    });
  }
  if (common.quiet === true) return;
  print(`Restored ${file}${backup === undefined ? "" : `, with everything stored up to ${formatTime(backup.at)}`}:`);
  print(`  ${contentsText(restored)}`);
  if (foundSchema < restored.schema) print(`  migrated from schema ${foundSchema}`);
  if (setAside !== undefined) print(`  the previous database is now ${setAside}`);
  if (withheld > 0) note(withheldNote(withheld, options.dropWaiting === true));
  note(`Next: harbinger run${common.config === undefined ? "" : ` --config ${shellWord(common.config)}`}`);
}

function withheldNote(count: number, isDropped: boolean): string {
  if (isDropped) return `${plural(count, "message")} waiting in the backup will not be sent.`;
  return `${plural(count, "message")} waiting in the backup may have been sent since, so ${count === 1 ? "it is" : "they are"} held.
  harbinger deliveries --state dead   lists held messages
  harbinger deliveries retry ID       sends one, or --all`;
}

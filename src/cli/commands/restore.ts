import { Command, Option } from "commander";
import { HarbingerError } from "../../core/errors.ts";
import { type CommonOptions, commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { formatTime, note, plural, print, printJson } from "../output.ts";
import { shellWord } from "../program-name.ts";

interface RestoreCommandOptions {
  readonly force?: boolean;
  readonly dropWaiting?: boolean;
  readonly sendWaiting?: boolean;
}

export function restoreCommand(): Command {
  return withCommonOptions(new Command("restore"))
    .description("put a backup in the place of the database")
    .argument("<file>", "what harbinger backup wrote, or a copy that stands beside the database")
    .option("--force", "also where there is a database: that one is kept beside it, under another name")
    .addOption(
      new Option(
        "--send-waiting",
        "send what waited when the backup was made, although it may have been sent since",
      ).conflicts("dropWaiting"),
    )
    .option("--drop-waiting", "never send what waited when the backup was made")
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
    throw new HarbingerError("usage", "a backup cannot be read from standard input", {
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
      ...(backup === undefined ? {} : { upTo: new Date(backup.at).toISOString() }),
      ...(setAside === undefined ? {} : { setAside }),
      withheld,
    });
  }
  if (common.quiet === true) return;
  print(
    `Restored ${file}${backup === undefined ? "" : `, with everything that was stored by ${formatTime(backup.at)}`}:`,
  );
  print(`  ${contentsText(restored)}`);
  if (foundSchema < restored.schema) print(`  brought up to date from schema ${foundSchema}`);
  if (setAside !== undefined) print(`  the database that was there is now ${setAside}`);
  if (withheld > 0) note(withheldNote(withheld, options.dropWaiting === true));
  note(`Next: harbinger run${common.config === undefined ? "" : ` --config ${shellWord(common.config)}`}`);
}

function withheldNote(count: number, isDropped: boolean): string {
  if (isDropped) return `${plural(count, "message")} that waited in the backup will not be sent.`;
  return `${plural(count, "message")} that waited in the backup may have been sent since, and will not be sent by ${count === 1 ? "itself" : "themselves"}.
  harbinger deliveries --state dead   lists what is held
  harbinger deliveries retry ID       sends it, or --all`;
}

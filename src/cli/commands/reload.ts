import { Command } from "commander";
import { HarbingerError } from "../../core/errors.ts";
import { type CommonOptions, commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { setExitStatus } from "../exit.ts";
import { note, print, printJson } from "../output.ts";

export function reloadCommand(): Command {
  return withCommonOptions(new Command("reload"))
    .description("reload the configuration of the running harbinger and show the changes")
    .addHelpText(
      "after",
      `
Open connections, findings, alerts and messages are not lost. A configuration that cannot be used changes nothing.
The process is found by its database: --config names a configuration with that database. The process reloads the file that it
was started with. Exit status: 0 reloaded, 1 not reloaded or not running. SIGHUP to the process does the same.
${examples("harbinger reload", "harbinger reload --config /etc/harbinger/harbinger.yaml", "harbinger reload --json | jq .changes")}`,
    )
    .action(async (_options: unknown, command: Command) => reload(commonOptions(command)));
}

const unchanged = "The running configuration is unchanged.";

async function reload(common: CommonOptions): Promise<void> {
  const [{ readConfig }, { askForReload }, { formatProblem }, { safeText }] = await Promise.all([
    import("../open.ts"),
    import("../../daemon/control/ask-reload.ts"),
    import("../../config/problems.ts"),
    import("../../core/safe-text.ts"),
  ]);
  const read = readConfig(common);
  const store = read.kind === "config" ? read.config.store : read.store;
  if (store === undefined) {
    // The process is found by its database; with errors like these, the location of the database is unknown.
    return refuse(common, read.kind === "invalid" ? read.problems.map(formatProblem) : []);
  }
  const asked = await askForReload(store.location);
  if (asked.kind === "not-running") {
    throw new HarbingerError(
      "not-found",
      `nothing to reload: no running harbinger uses this database (nothing listens at ${asked.place})`,
      {
        remedy:
          "Start it with harbinger run. If it is running, name its configuration with --config; if store was changed in that file, restart it.",
      },
    );
  }
  if (asked.kind === "failed") throw new HarbingerError("internal", `the reload failed: ${asked.reason}`);
  const { outcome } = asked;
  if (!outcome.reloaded) return refuse(common, outcome.problems, outcome.remedy);
  if (common.json === true) return printJson(outcome);
  if (common.quiet === true) return;
  for (const warning of outcome.warnings) note(`Warning: ${safeText(warning, { limit: 2000 })}`);
  const what = outcome.source === null ? "the built-in configuration" : outcome.source;
  print(`${safeText(what)} ${outcome.changes.length === 0 ? "was reloaded; nothing has changed" : "was reloaded:"}`);
  for (const change of outcome.changes) print(`  ${safeText(change, { limit: 1000 })}`);
}

function refuse(common: CommonOptions, problems: readonly string[], remedy?: string): void {
  setExitStatus(1);
  if (common.json === true) printJson({ reloaded: false, problems, remedy });
  note("harbinger: the configuration was not reloaded:");
  for (const problem of problems) note(problem);
  if (remedy !== undefined) note(remedy);
  note(unchanged);
}

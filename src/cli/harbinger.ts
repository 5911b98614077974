import { type Argument, Command, CommanderError, Option } from "commander";
import { HarbingerError } from "../core/errors.ts";
import { suggestName } from "../core/nearest-name.ts";
import { dieWithLauncher } from "../platform/launcher-watch.ts";
import { nameProcess } from "../platform/process-name.ts";
import { programVersion } from "../platform/program-version.ts";
import { adoptTimeZone } from "../platform/system-time-zone.ts";
import { backupCommand } from "./commands/backup.ts";
import { certificatesCommand } from "./commands/certificates.ts";
import { checkCommand } from "./commands/check.ts";
import { completionCommand } from "./commands/completion.ts";
import { configCommand } from "./commands/config.ts";
import { connectionsCommand } from "./commands/connections.ts";
import { deliveriesCommand } from "./commands/deliveries.ts";
import { devicesCommand } from "./commands/devices.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { healthcheckCommand } from "./commands/healthcheck.ts";
import { hostsCommand } from "./commands/hosts.ts";
import { identifyCommand } from "./commands/identify.ts";
import { importCommand } from "./commands/import.ts";
import { listenCommand } from "./commands/listen.ts";
import { mutesCommand } from "./commands/mutes.ts";
import { notifyCommand } from "./commands/notify.ts";
import { reloadCommand } from "./commands/reload.ts";
import { reportCommand } from "./commands/report.ts";
import { reportsCommand } from "./commands/reports.ts";
import { restoreCommand } from "./commands/restore.ts";
import { runCommand } from "./commands/run.ts";
import { scanCommand } from "./commands/scan.ts";
import { webCommand } from "./commands/web.ts";
import { commonOptions, examples, withCommonOptions } from "./common-options.ts";
import { correctEnvFiles } from "./env-files.ts";
import { reportFailure, setExitStatus } from "./exit.ts";
import { exitOnClosedPipe, note } from "./output.ts";

/**
 * The command line of `harbinger`. Each command is one file in commands/ and loads its modules only when it runs, so that
 * `--help` is fast.
 */
export async function main(args: readonly string[]): Promise<void> {
  nameProcess("harbinger");
  dieWithLauncher();
  correctEnvFiles(process.execArgv, process.env);
  adoptTimeZone(process.env);
  exitOnClosedPipe();
  try {
    await buildProgram().parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      const greedy =
        error.code === "commander.missingArgument" ? args.find((word) => greedyOptions.has(word)) : undefined;
      if (greedy !== undefined) note(`${greedy} takes all words that follow it. Put other arguments before it.`);
      setExitStatus(error.exitCode === 0 ? 0 : 2);
    } else reportFailure(error);
  }
}

/** Options that take several words: an argument after such an option is read as one more of its words. */
const greedyOptions: ReadonlySet<string> = new Set(["--exclude", "--allow", "--to"]);

/** The whole command line, ready to parse or to describe. */
export function buildProgram(): Command {
  const program = withCommonOptions(new Command("harbinger"))
    .description(
      "Watches a network from both sides: scans it and reports what changes, and listens on decoy ports and reports who connects.",
    )
    .version(programVersion(), "-V, --version")
    .addOption(
      new Option("--mode <mode>", "cron: run once and exit; standalone: keep running, at the report time").choices([
        "cron",
        "standalone",
      ]),
    )
    .showSuggestionAfterError()
    .showHelpAfterError("(harbinger --help lists commands and options)")
    .exitOverride()
    .configureHelp(helpLook)
    .addHelpText(
      "after",
      examples(
        "harbinger run",
        "harbinger scan 192.168.1.0/24 -p 22,80,443",
        "harbinger config init",
        "harbinger --mode cron --config /etc/harbinger/harbinger.yaml",
      ),
    )
    .allowExcessArguments()
    .hook("preAction", refuseMode)
    .action(async (_options: unknown, command: Command) => {
      const [unknown] = command.args;
      if (unknown !== undefined) {
        throw noCommand(unknown, command);
      }
      const { mode } = command.opts<{ mode?: "cron" | "standalone" }>();
      if (mode === undefined) {
        command.outputHelp({ error: true });
        setExitStatus(2);
        return;
      }
      const { runMode } = await import("./run-mode.ts");
      await runMode(mode, commonOptions(command));
    });
  const commands = [
    runCommand(),
    scanCommand(),
    checkCommand(),
    listenCommand(),
    hostsCommand(),
    devicesCommand(),
    certificatesCommand(),
    connectionsCommand(),
    reportsCommand(),
    reportCommand(),
    deliveriesCommand(),
    mutesCommand(),
    importCommand(),
    identifyCommand(),
    configCommand(),
    notifyCommand(),
    webCommand(),
    doctorCommand(),
    backupCommand(),
    restoreCommand(),
    healthcheckCommand(),
    reloadCommand(),
    completionCommand(() => program),
  ];
  for (const command of commands) program.addCommand(withExit(command));
  return program;
}

function noCommand(name: string, parent: Command): HarbingerError {
  const names = parent.commands.map((command) => command.name());
  const inside = parent.parent === null ? "" : ` in "${parent.name()}"`;
  return new HarbingerError("usage", `unknown command ${JSON.stringify(name)}${inside}`, {
    remedy: `${suggestName(name, names)} See --help.`,
  });
}

/** `reports shwo 3`: a word after a listing command with subcommands must be a subcommand. */
function refuseUnknownNested(command: Command): void {
  if (command.commands.length === 0 || command.registeredArguments.length > 0) return;
  command.allowExcessArguments().hook("preAction", (self, acting) => {
    const [unknown] = acting.args;
    if (self === acting && unknown !== undefined) throw noCommand(unknown, self);
  });
}

/** A mode is a command itself, so it would be ignored before another one. */
function refuseMode(program: Command, command: Command): void {
  const { mode } = program.opts<{ mode?: string }>();
  if (mode === undefined || command === program) return;
  const name = command.parent === program || command.parent === null ? "" : `${command.parent.name()} `;
  throw new HarbingerError("usage", `--mode ${mode} cannot be combined with a command`, {
    remedy: `Either harbinger --mode ${mode}, or harbinger ${name}${command.name()}.`,
  });
}

/** Wraps descriptions between words also beside long terms, and omits `[options]`, which every command has. */
const helpLook = {
  minWidthToWrap: 24,
  subcommandTerm: (command: Command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(" "),
};

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** Usage errors are thrown and become an exit status here, in subcommands too. */
function withExit(command: Command): Command {
  command.exitOverride().showSuggestionAfterError().configureHelp(helpLook);
  refuseUnknownNested(command);
  for (const nested of command.commands) withExit(nested);
  return command;
}

import path from "node:path";
import { Command } from "commander";
import { HarbingerError } from "../../core/errors.ts";
import { plural } from "../../present/text/plural.ts";
import { type CommonOptions, commonOptions, examples, withCommonOptions } from "../common-options.ts";
import { setExitStatus } from "../exit.ts";
import type { InitOptions, InitPlan } from "../init/init-plan.ts";
import { note } from "../output.ts";
import { programName, shellWord } from "../program-name.ts";

const defaultFile = "harbinger.yaml";

interface CommandOptions extends InitOptions {
  readonly output?: string;
  readonly force?: boolean;
  readonly yes?: boolean;
}

export function configInitCommand(): Command {
  return withCommonOptions(new Command("init"))
    .description("find the local networks and write a commented harbinger.yaml; asks questions on a terminal")
    .option("--network <network>", "watch this network instead of the detected ones; repeatable", collect)
    .option("--email <address>", "send reports and alerts to this address; repeatable", collect)
    .option("--smtp <host[:port]>", "mail server (default port: 587)")
    .option("--smtp-user <name>", "login name for the mail server")
    .option("--smtp-password-file <file>", "file that contains the password")
    .option("--from <address>", "sender address (default: the first --email)")
    .option("--ntfy <topic>", "send push messages to this ntfy topic")
    .option("--ntfy-server <url>", "ntfy server (default: https://ntfy.sh)")
    .option("--no-decoy", "do not open decoy ports")
    .option("-o, --output <file>", "file to write; same as --config (default: harbinger.yaml)")
    .option("--force", "overwrite an existing file; the old one is kept as FILE.bak")
    .option("-y, --yes", "ask no questions")
    .addHelpText(
      "after",
      `
It asks questions if standard input and output are a terminal and no option except the name of the file is given.
${examples(
  "harbinger config init",
  "harbinger config init --network 192.168.1.0/24 --email me@example.org --smtp mail.example.org:25",
  "harbinger config init --yes --ntfy my-hard-to-guess-topic --output /etc/harbinger/harbinger.yaml",
)}`,
    )
    .action(async (options: CommandOptions, command: Command) => init(options, commonOptions(command)));
}

async function init(options: CommandOptions, common: CommonOptions): Promise<void> {
  const file = options.output ?? common.config ?? defaultFile;
  const { initialConfig } = await import("../../config/initial-config.ts");
  const { writeInitialConfig, writeSecretFile } = await import("../../config/write-initial-config.ts");
  const { loadPlanned } = await import("../init/try-channels.ts");
  await refuseExisting(file, options);
  const plan = await planOf(options, common, file);
  if (plan === undefined) return;
  const text = initialConfig(plan);
  await refuseUnusable(loadPlanned(text, file, plan));
  const folder = path.dirname(path.resolve(file));
  if (plan.password !== undefined && plan.mail?.passwordFile !== undefined) {
    writeSecretFile(path.resolve(folder, plan.mail.passwordFile), plan.password);
  }
  writeInitialConfig(file, text, { force: options.force === true });
  if (common.quiet === true) return;
  const { isFoundByDefault } = await import("../../config/choose-file.ts");
  note(whatNext(plan, { file, option: isFoundByDefault(file) ? "" : ` --config ${shellWord(file)}` }));
}

/** Checked before any question is asked. */
async function refuseExisting(file: string, options: CommandOptions): Promise<void> {
  const { existsSync } = await import("node:fs");
  if (options.force === true || !existsSync(file)) return;
  throw new HarbingerError("config", `${file} already exists and was not changed`, {
    remedy: "Name another file with --config, or use --force: it keeps the existing file as FILE.bak.",
  });
}

/** @returns `undefined` when the user cancelled */
async function planOf(options: CommandOptions, common: CommonOptions, file: string): Promise<InitPlan | undefined> {
  const isGiven = [
    options.network,
    options.email,
    options.smtp,
    options.smtpUser,
    options.smtpPasswordFile,
    options.from,
    options.ntfy,
    options.ntfyServer,
  ].some((option) => option !== undefined);
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (!isTerminal || isGiven || !options.decoy || options.yes === true || common.quiet === true) {
    const { planFromOptions } = await import("../init/init-plan.ts");
    const plan = await planFromOptions(options, file);
    const { aboutLargeIpv6 } = await import("../../config/large-networks.ts");
    if (common.quiet !== true && plan.largeIpv6.length > 0) note(`${aboutLargeIpv6(plan.largeIpv6).join(" ")}\n`);
    return plan;
  }
  const { intro, outro } = await import("@clack/prompts");
  const { askPlan, Cancelled } = await import("../init/ask-plan.ts");
  const { askingOnTerminal } = await import("../init/terminal-guard.ts");
  intro("A first configuration for Harbinger");
  try {
    const plan = await askingOnTerminal(
      () => askPlan(file),
      () => new Cancelled(),
    );
    outro("Done.");
    return plan;
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    outro("Nothing was written.");
    setExitStatus(1);
    return undefined;
  }
}

/** Reports an invalid option with the message of the configuration check. */
async function refuseUnusable(
  outcome: ReturnType<typeof import("../init/try-channels.ts").loadPlanned>,
): Promise<void> {
  const { formatProblem } = await import("../../config/problems.ts");
  const problems = outcome.kind === "invalid" ? outcome.problems : outcome.warnings;
  if (problems.length === 0) return;
  throw new HarbingerError(
    "usage",
    `these options do not make a valid configuration:\n${problems.map(formatProblem).join("\n")}`,
    {
      remedy: "Nothing was written. harbinger config init --help lists the options.",
    },
  );
}

/** @param written the file, and the option that commands need if they do not find it by default */
function whatNext(plan: InitPlan, written: { readonly file: string; readonly option: string }): string {
  const name = programName();
  const where = plan.networks.length === 0 ? "this machine" : plan.networks.map(({ cidr }) => cidr).join(", ");
  const hasChannel = plan.mail !== undefined || plan.ntfy !== undefined;
  const decoys = hasChannel && plan.decoyPorts.length > 0 ? ` ${plural(plan.decoyPorts.length, "decoy port")}.` : "";
  const steps: readonly (readonly [string, string])[] = [
    ["config check", "after each change"],
    ...(hasChannel ? [["notify test", "sends a test message through each channel"] as const] : []),
    ["run", "runs until Ctrl-C"],
  ];
  const lines = steps.map(([command, what]) => [`  ${name} ${command}${written.option}`, what] as const);
  const width = Math.max(...lines.map(([line]) => line.length));
  return [
    `${written.file} written. It watches ${where}.${decoys}`,
    "",
    "Next:",
    ...lines.map(([line, what]) => `${line.padEnd(width)}   # ${what}`),
    "",
  ].join("\n");
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

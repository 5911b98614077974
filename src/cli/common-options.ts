import type { Command } from "commander";

/** Options that every command accepts. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export function withCommonOptions(command: Command): Command {
  return command
    .option("-c, --config <file>", "configuration file (default: harbinger.yaml, then the system-wide file)")
    .option("--json", "one JSON object per line instead of text")
    .option("--quiet", "errors only")
    .option("--verbose", "more details");
}

/** Options may also be given before the name of the command. */
export function commonOptions(command: Command): CommonOptions {
  return command.optsWithGlobals<CommonOptions>();
}

/** The last part of a help text: commands that work as they are. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
}

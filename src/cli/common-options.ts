import type { Command } from "commander";

/** What every command understands. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export function withCommonOptions(command: Command): Command {
  return command
    .option("-c, --config <file>", "configuration file (default: harbinger.yaml, then that of this machine)")
    .option("--json", "one JSON object a line instead of text")
    .option("--quiet", "errors only")
    .option("--verbose", "more details");
}

/** Options given before the command's name count as well. */
export function commonOptions(command: Command): CommonOptions {
  return command.optsWithGlobals<CommonOptions>();
}

/** A help text's last part: lines that can be typed as they are. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
}

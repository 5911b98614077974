import type { Argument, Command, Option } from "commander";
import { type SuggestedValues, suggestedValues } from "./suggested-values.ts";

/**
 * A command as plain data, read from the same definition as `--help`: the man pages, the command reference and
 * the shell completions are generated from it.
 */
export interface DescribedCommand {
  /** The program's name, and the commands below it: `["harbinger", "devices", "name"]`. */
  readonly path: readonly string[];
  readonly description: string;
  /** The usage text after the name in the first line of `--help`. */
  readonly usage: string;
  readonly options: readonly DescribedOption[];
  readonly arguments: readonly DescribedArgument[];
  readonly commands: readonly DescribedCommand[];
  /** The text of `--help` below the lists, with examples. */
  readonly after: string;
}

export interface DescribedOption {
  readonly short: string | undefined;
  readonly long: string | undefined;
  /** As `--help` shows it: `-p, --ports <list>`. */
  readonly flags: string;
  /** With choices and default. */
  readonly description: string;
  readonly value: DescribedValue | undefined;
}

export interface DescribedArgument extends DescribedValue {
  readonly description: string;
  readonly required: boolean;
}

export interface DescribedValue {
  /** `file`, `address` ... */
  readonly placeholder: string;
  /** An option whose value is optional. */
  readonly optional: boolean;
  /** Takes several words. */
  readonly variadic: boolean;
  readonly values: SuggestedValues;
}

/** Describes a command and all below it that `--help` shows. */
export async function describeCommand(command: Command, above: readonly string[] = []): Promise<DescribedCommand> {
  const help = command.createHelp();
  const path = [...above, command.name()];
  return {
    path,
    description: command.description(),
    usage: command.usage(),
    options: await Promise.all(help.visibleOptions(command).map(describeOption)),
    arguments: await Promise.all(command.registeredArguments.map(describeArgument)),
    commands: await Promise.all(
      help
        .visibleCommands(command)
        .filter((nested) => nested.name() !== "help")
        .map((nested) => describeCommand(nested, path)),
    ),
    after: textAfterHelp(command),
  };

  async function describeOption(option: Option): Promise<DescribedOption> {
    return {
      short: option.short,
      long: option.long,
      flags: option.flags,
      description: help.optionDescription(option),
      value: await describeValue(option),
    };
  }

  async function describeArgument(argument: Argument): Promise<DescribedArgument> {
    const placeholder = argument.name();
    return {
      placeholder,
      optional: !argument.required,
      variadic: argument.variadic,
      values: await suggestedValues(argument, { placeholder, choices: argument.argChoices }),
      description: help.argumentDescription(argument),
      required: argument.required,
    };
  }
}

/** The command and all below it, each before its own commands. */
export function allCommands(command: DescribedCommand): readonly DescribedCommand[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

async function describeValue(option: Option): Promise<DescribedValue | undefined> {
  if (!option.required && !option.optional) return undefined;
  const bracketed = option.flags.split(" ").at(-1) ?? "";
  const placeholder = bracketed.slice(1, -1).replace("...", "");
  return {
    placeholder,
    // commander also treats `<host[:port]>` as an optional value.
    optional: option.optional && !option.required,
    variadic: option.variadic,
    values: await suggestedValues(option, { placeholder, choices: option.argChoices }),
  };
}

/** commander has no getter for the texts after the lists, so they are captured from its output. */
function textAfterHelp(command: Command): string {
  const parts: string[] = [];
  const output = command.configureOutput();
  command.configureOutput({ ...output, writeOut: (text) => parts.push(text) });
  try {
    command.outputHelp();
    return parts.join("").slice(command.helpInformation().length).trim();
  } finally {
    command.configureOutput(output);
  }
}

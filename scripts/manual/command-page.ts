import type { DescribedCommand, DescribedOption } from "../../src/cli/completion/described-command.ts";
import { type HelpText, readHelpText } from "./help-text.ts";
import {
  bold,
  definition,
  escaped,
  heading,
  italic,
  joined,
  literal,
  pageHead,
  paragraph,
  subheading,
} from "./roff.ts";

export interface PageEdition {
  readonly date: string;
  readonly version: string;
}

/** A man page of a command, with the commands below it. */
export function commandPage(
  command: DescribedCommand,
  edition: PageEdition,
  extra: { readonly environment?: string; readonly seeAlso: readonly string[]; readonly isProgram: boolean },
): string {
  const name = command.path.join("-");
  const help = readHelpText(command.after);
  const nested = extra.isProgram ? [] : command.commands;
  return joined([
    pageHead({ name, section: 1, ...edition }),
    heading("name"),
    `${escaped(name)} \\- ${escaped(firstClause(command.description))}\n`,
    heading("synopsis"),
    synopsis(command),
    ...nested.map(synopsis),
    heading("description"),
    paragraph(sentence(command.description)),
    ...prose(help),
    argumentsAndOptions(command, heading),
    ...(nested.length > 0 ? [heading("commands")] : []),
    ...nested.flatMap((below) => [
      subheading(below.path.slice(1).join(" ")),
      paragraph(sentence(below.description)),
      ...prose(readHelpText(below.after)),
      argumentsAndOptions(below, () => ""),
      ...examples(readHelpText(below.after), ""),
    ]),
    ...(extra.isProgram && command.commands.length > 0
      ? [
          heading("commands"),
          ...command.commands.map((below) =>
            definition(
              bold(below.path.slice(1).join(" ")),
              `${sentence(below.description)} See ${below.path.join("-")}(1).`,
            ),
          ),
        ]
      : []),
    extra.environment ?? "",
    heading("exit status"),
    definition("0", "All was done."),
    definition("1", "It ran and something failed."),
    definition("2", "Wrong usage, or a configuration that cannot be used."),
    ...examples(help, heading("examples")),
    heading("see also"),
    paragraph(extra.seeAlso.join(", ")),
  ]);
}

function synopsis(command: DescribedCommand): string {
  const words = command.usage.replaceAll("[options]", "[OPTION...]");
  return `.PP\n${bold(command.path.join(" "))} ${escaped(words)}\n`;
}

function argumentsAndOptions(command: DescribedCommand, titled: (title: string) => string): string {
  const described = command.arguments.filter(({ description }) => description !== "");
  return [
    ...(described.length > 0 ? [titled("arguments")] : []),
    ...described.map(({ placeholder, description }) => definition(italic(placeholder), sentence(description))),
    ...(command.options.length > 0 ? [titled("options")] : []),
    ...command.options.map((option) => definition(optionTerm(option), sentence(option.description))),
  ].join("");
}

function optionTerm({ short, long, value }: DescribedOption): string {
  const flags = [short, long].filter((flag) => flag !== undefined).map(bold);
  if (value === undefined) return flags.join(", ");
  const word = `${italic(value.placeholder)}${value.variadic ? "..." : ""}`;
  return `${flags.join(", ")} ${value.optional ? `[${word}]` : word}`;
}

function prose({ blocks }: HelpText): readonly string[] {
  return blocks.map(({ kind, text }) => (kind === "prose" ? paragraph(text) : literal(text)));
}

function examples(help: HelpText, title: string): readonly string[] {
  return help.examples.length === 0 ? [] : [title, literal(help.examples.map((line) => `$ ${line}`).join("\n"))];
}

/** The line of `apropos`. */
function firstClause(text: string): string {
  const clause = text.split(/[;:.]/)[0] ?? text;
  return clause.charAt(0).toLowerCase() + clause.slice(1);
}

export function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

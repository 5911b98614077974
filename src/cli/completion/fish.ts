import {
  allCommands,
  type DescribedArgument,
  type DescribedCommand,
  type DescribedOption,
} from "./described-command.ts";
import type { SuggestedValues } from "./suggested-values.ts";

/** A completion script for fish 3. */
export function fishCompletion(program: DescribedCommand): string {
  const name = program.path[0] ?? "";
  const commands = allCommands(program);
  const optionsWithValue = commands.flatMap((command) =>
    command.options
      .filter(({ value }) => value !== undefined && !value.optional)
      .flatMap(({ short, long }) => [short, long])
      .filter((flag) => flag !== undefined)
      .map((flag) => quoted(`${pathOf(command)}|${flag}`)),
  );
  const steps = commands.flatMap((command) =>
    command.commands.map(
      (nested) => `            case ${quoted(`${pathOf(command)}|${nested.path.at(-1)}`)}
                set path ${quoted(pathOf(nested))}
                set count 0`,
    ),
  );
  return `# Completion of ${name} for fish. Generated from the command definitions.

# Whether the words before the cursor lead to the command $argv[1], and, with $argv[2], whether so many arguments follow it.
function __${name}_at
    set -l path ''
    set -l count 0
    set -l value no
    for word in (commandline -opc)[2..]
        if test $value = yes
            set value no
            continue
        end
        switch "$path|$word"
            case ${optionsWithValue.join(" ")}
                set value yes
${steps.join("\n")}
            case '*|-?*'
            case '*'
                set count (math $count + 1)
        end
    end
    test "$path" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; or test $count -eq $argv[2]
end

complete -c ${name} -f
${commands.flatMap((command) => commandLines(name, command)).join("\n")}
`;
}

function commandLines(name: string, command: DescribedCommand): readonly string[] {
  const here = (count?: number) =>
    `complete -c ${name} -n ${quoted(`__${name}_at ${quoted(pathOf(command))}${count === undefined ? "" : ` ${count}`}`)}`;
  return [
    ...command.commands.map(
      (nested) => `${here(0)} -a ${quoted(nested.path.at(-1) ?? "")} -d ${quoted(nested.description)}`,
    ),
    ...command.arguments.flatMap((argument, index) =>
      argumentLine(argument, here(argument.variadic ? undefined : index)),
    ),
    ...command.options.map(
      (option) => `${here()}${flags(option)}${optionValue(option)} -d ${quoted(option.description)}`,
    ),
  ];
}

function argumentLine({ values, description }: DescribedArgument, here: string): readonly string[] {
  const proposed = proposal(values);
  return proposed === "" ? [] : [`${here} ${proposed} -d ${quoted(withoutChoices(description))}`];
}

/** Removes the choices that commander appends to a description: fish lists them itself. */
function withoutChoices(description: string): string {
  const choices = description.lastIndexOf(" (choices: ");
  return choices < 0 ? description : description.slice(0, choices);
}

function flags({ short, long }: DescribedOption): string {
  return [short === undefined ? "" : ` -s ${short.slice(1)}`, long === undefined ? "" : ` -l ${long.slice(2)}`].join(
    "",
  );
}

function optionValue({ value }: DescribedOption): string {
  if (value === undefined || value.optional) return "";
  const { values } = value;
  return values.kind === "file" ? " -r -F" : ` -x ${proposal(values)}`.trimEnd();
}

function proposal(values: SuggestedValues): string {
  switch (values.kind) {
    case "words":
      return `-a ${quoted(values.words.join(" "))}`;
    case "file":
      return "-F";
    case "at-file":
      return `-a ${quoted("(string match -q -- '@*' (commandline -ct); and __fish_complete_path (commandline -ct | string sub -s 2) | string replace -r '^' @)")}`;
    case "none":
      return "";
  }
}

function pathOf({ path }: DescribedCommand): string {
  return path.slice(1).join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

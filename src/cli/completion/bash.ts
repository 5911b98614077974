import { allCommands, type DescribedCommand, type DescribedOption } from "./described-command.ts";
import type { SuggestedValues } from "./suggested-values.ts";

/** A completion script for bash 3.2 and later, without the bash-completion package. */
export function bashCompletion(program: DescribedCommand): string {
  const name = program.path[0] ?? "";
  const commands = allCommands(program);
  const inner = commands.filter((command) => command.commands.length > 0);
  return `# Completion of ${name} for bash. Generated from the command definitions.

_${name}_propose() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$@")
}

_${name}_files() {
  compopt -o filenames 2>/dev/null
  _${name}_propose -f -- "$1"
}

_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path='' count=0 at word value='' only=''
  COMPREPLY=()
  # bash splits --option=value into three words.
  if [[ $current == = ]]; then
    current=''
  elif [[ $previous == = && $COMP_CWORD -gt 2 ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [[ -n $value ]]; then
      [[ $word == = ]] || value=''
      continue
    fi
    if [[ $word == -- && -z $only ]]; then
      only=arguments
      continue
    fi
    if [[ $word == -* && $word != - && -z $only ]]; then
      case "$path|$word" in
${caseLines("        ", merged(commands.map((command) => [optionPatterns(command, takesWord), "value=yes"])))}
      esac
      continue
    fi
    case "$path|$word" in
${caseLines(
  "      ",
  inner.flatMap((command) =>
    command.commands.map(
      (nested): CaseLine => [[`${pathOf(command)}|${nameOf(nested)}`], `path='${pathOf(nested)}' count=0`],
    ),
  ),
)}
      *) count=$((count + 1)) ;;
    esac
  done
  if [[ -z $only ]]; then
    case "$path|$previous" in
${caseLines(
  "      ",
  merged(
    commands.flatMap((command) =>
      command.options
        .filter(takesWord)
        .map((option): CaseLine => [patternsOf(command, option), `${proposal(name, option.value?.values)}; return`]),
    ),
  ),
)}
    esac
    if [[ $current == -* ]]; then
      case "$path" in
${caseLines(
  "        ",
  commands.map((command) => [[pathOf(command)], words(name, flagsOf(command))]),
)}
      esac
      return
    fi
  fi
  case "$path|$count" in
${caseLines(
  "    ",
  commands.flatMap((command) => argumentLines(name, command)),
)}
  esac
}

complete -F _${name} ${name}
`;
}

type CaseLine = readonly [patterns: readonly string[], then: string];

function caseLines(indent: string, lines: readonly CaseLine[]): string {
  return lines
    .filter(([patterns]) => patterns.length > 0)
    .map(([patterns, then]) => `${indent}${patterns.map(quoted).join(" | ")}) ${then} ;;`)
    .join("\n");
}

/** Merges patterns that share an action into one line. */
function merged(lines: readonly CaseLine[]): readonly CaseLine[] {
  const patterns = new Map<string, string[]>();
  for (const [some, then] of lines) patterns.set(then, [...(patterns.get(then) ?? []), ...some]);
  return [...patterns].map(([then, all]) => [all, then]);
}

function argumentLines(name: string, command: DescribedCommand): readonly CaseLine[] {
  const path = pathOf(command);
  const lines: CaseLine[] = [];
  if (command.commands.length > 0) lines.push([[`${path}|0`], words(name, command.commands.map(nameOf))]);
  for (const [index, { values, variadic }] of command.arguments.entries()) {
    if (values.kind === "none") continue;
    const then = proposal(name, values);
    // A bash pattern: any number of words from here.
    if (variadic) lines.push([[`${path}|*`], then]);
    else lines.push([[`${path}|${index}`], then]);
  }
  return lines;
}

function proposal(name: string, values: SuggestedValues | undefined): string {
  if (values?.kind === "words") return words(name, values.words);
  if (values?.kind === "file") return `_${name}_files "$current"`;
  if (values?.kind === "at-file") {
    return `[[ $current != @* ]] || { compopt -o filenames 2>/dev/null; _${name}_propose -P @ -f -- "\${current#@}"; }`;
  }
  return ":";
}

function words(name: string, list: readonly string[]): string {
  return `_${name}_propose -W ${quoted(list.join(" "))} -- "$current"`;
}

function flagsOf({ options }: DescribedCommand): readonly string[] {
  return options.flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined));
}

/** The value is optional, so the next word may not belong to the option. */
function takesWord({ value }: DescribedOption): boolean {
  return value !== undefined && !value.optional;
}

function optionPatterns(command: DescribedCommand, chosen: (option: DescribedOption) => boolean): readonly string[] {
  return command.options.filter(chosen).flatMap((option) => patternsOf(command, option));
}

function patternsOf(command: DescribedCommand, { short, long }: DescribedOption): readonly string[] {
  return [short, long].filter((flag) => flag !== undefined).map((flag) => `${pathOf(command)}|${flag}`);
}

/** The subcommand path; the script uses it as its state. */
function pathOf({ path }: DescribedCommand): string {
  return path.slice(1).join(" ");
}

function nameOf({ path }: DescribedCommand): string {
  return path.at(-1) ?? "";
}

/** In single quotes, except a trailing star, which stays a pattern. */
function quoted(text: string): string {
  const star = text.endsWith("|*") ? "*" : "";
  return `'${text.slice(0, text.length - star.length).replaceAll("'", "'\\''")}'${star}`;
}

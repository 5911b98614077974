import { allCommands, type DescribedCommand, type DescribedOption, type DescribedValue } from "./described-command.ts";

/** A completion function for zsh, to be saved as `_NAME` in a folder of `fpath`; it can also be sourced. */
export function zshCompletion(program: DescribedCommand): string {
  const name = program.path[0] ?? "";
  return `#compdef ${name}
# Completion of ${name} for zsh. Generated from the command definitions.

${allCommands(program).map(commandFunction).join("\n")}
if [[ \${funcstack[1]} == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function commandFunction(command: DescribedCommand): string {
  const specs = [...command.options.map(optionSpec), ...command.arguments.map(argumentSpec)];
  const title = functionName(command);
  if (command.commands.length === 0) {
    return `${title}() {\n  _arguments -s -S \\\n${specLines(specs)}\n}\n`;
  }
  const lists = command.commands.map(
    (nested) => `      ${quoted(`${nested.path.at(-1)}:${nested.description.replaceAll(":", "\\:")}`)}`,
  );
  const cases = command.commands.map((nested) => `        ${nested.path.at(-1)}) ${functionName(nested)} ;;`);
  return `${title}() {
  local curcontext=$curcontext context state state_descr line
  local -A opt_args
  _arguments -s -S -C \\
${specLines([...specs, "'(-)1: :->command'", "'(-)*:: :->words'"])} && return
  case $state in
    command)
      local -a commands=(
${lists.join("\n")}
      )
      _describe -t commands command commands
      ;;
    words)
      curcontext=\${curcontext%:*:*}:${command.path.join("-")}-$line[1]:
      case $line[1] in
${cases.join("\n")}
      esac
      ;;
  esac
}
`;
}

function specLines(specs: readonly string[]): string {
  return specs.map((spec) => `    ${spec}`).join(" \\\n");
}

function optionSpec(option: DescribedOption): string {
  const { short, long, value } = option;
  const flags = [short, long].filter((flag) => flag !== undefined);
  const about = `[${option.description.replaceAll(/[\\[\]:]/g, "\\$&")}]`;
  const forms = flags.map((flag) => `${flag}${value === undefined ? "" : valueMark(flag, value)}`);
  const action = value === undefined ? "" : valueSpec(value);
  const repeatable = value?.variadic === true ? "*" : "";
  if (forms.length === 1) return quoted(`${repeatable}${forms[0]}${about}${action}`);
  const apart = repeatable === "" ? quoted(`(${flags.join(" ")})`) : quoted(repeatable);
  return `${apart}{${forms.join(",")}}${quoted(`${about}${action}`)}`;
}

/** How a value follows: `-c FILE`, `-cFILE`; `--config FILE`, `--config=FILE`; `=-` marks an optional value. */
function valueMark(flag: string, { optional }: DescribedValue): string {
  if (optional) return flag.startsWith("--") ? "=-" : "-";
  return flag.startsWith("--") ? "=" : "+";
}

function valueSpec(value: DescribedValue): string {
  return `${value.optional ? "::" : ":"}${value.placeholder.replaceAll(":", "\\:")}:${action(value)}`;
}

function argumentSpec(argument: DescribedValue, index: number): string {
  const place = argument.variadic ? "*" : String(index + 1);
  const optional = argument.optional && !argument.variadic ? "::" : ":";
  return quoted(`${place}${optional}${argument.placeholder}:${action(argument)}`);
}

function action({ values }: DescribedValue): string {
  switch (values.kind) {
    case "words":
      return `(${values.words.map((word) => word.replaceAll(/[\s:\\()]/g, "\\$&")).join(" ")})`;
    case "file":
      return "_files";
    case "at-file":
      return "{ [[ $PREFIX == @* ]] && compset -P @ && _files }";
    case "none":
      return " ";
  }
}

function functionName({ path }: DescribedCommand): string {
  return `_${path.join("_")}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hangLimitMs } from "../harness/hang-limit.ts";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

export interface CompletionQuestion {
  /** The completion scripts. */
  readonly folder: string;
  /** The working directory of the shell, with files that it may propose. */
  readonly directory: string;
  /** Each up to the cursor. */
  readonly lines: readonly string[];
}

/** What a shell proposes for each line, in one run of that shell: its own completion system with our script. */
export function proposals(shell: Shell, question: CompletionQuestion): readonly (readonly string[])[] {
  const { folder, directory, lines } = question;
  const home = path.join(directory, ".home");
  mkdirSync(home, { recursive: true });
  const text = { bash: bashDriver, zsh: zshDriver, fish: fishDriver }[shell](folder, lines);
  const script = path.join(home, `driver.${shell}`);
  writeFileSync(script, text);
  const options = { bash: ["--norc", "--noprofile"], zsh: ["-f"], fish: ["--no-config"] }[shell];
  const printed = execFileSync(shell, [...options, script], {
    cwd: directory,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: home, XDG_CONFIG_HOME: home, LANG: "C.UTF-8", TERM: "xterm" },
    timeout: hangLimitMs,
  });
  return printed
    .split("<<NEXT>>")
    .slice(0, -1)
    .map((part) => [...part.matchAll(/<<(.*?)>>/g)].map((match) => match[1] ?? ""));
}

/** Words as readline splits them, which breaks at `=`, too. */
function bashDriver(folder: string, lines: readonly string[]): string {
  const questions = lines.map((line) => {
    const words = line.split(" ").flatMap((word) => word.split(/(?<==)|(?==)/));
    return `ask ${words.map((word) => `'${word}'`).join(" ")}`;
  });
  return `
source ${folder}/harbinger.bash
source ${folder}/portwatcher.bash
ask() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=\${#COMP_LINE} COMPREPLY=()
  registered=$(complete -p "$1")
  [[ $registered =~ -F\\ ([^ ]+) ]] || exit 9
  "\${BASH_REMATCH[1]}" "$1" "\${@: -1}" ""
  for word in "\${COMPREPLY[@]}"; do printf '<<%s>>\\n' "$word"; done
  printf '<<NEXT>>\\n'
}
${questions.join("\n")}
`;
}

/** An interactive zsh on a pseudo-terminal, configured to show what its completion functions add. */
function zshDriver(folder: string, lines: readonly string[]): string {
  return `
zmodload zsh/zpty
zpty shell zsh -f -i
setup='
PROMPT= RPROMPT= PROMPT2=
unsetopt prompt_cr prompt_sp beep
unset zle_bracketed_paste
fpath=(${folder} $fpath)
autoload -Uz compinit && compinit -u -D
bindkey "^I" complete-word
compadd() {
  local -a proposed
  builtin compadd -O proposed "$@"
  (( $#proposed )) && print -rl -- "<<"\${^proposed}">>"
  builtin compadd "$@"
}
finish-line() { print -r -- "<<NE""XT>>"; zle kill-whole-line; zle accept-line }
zle -N finish-line
bindkey "^T" finish-line
print -r -- "<<REA""DY>>"
'
zpty -w shell "$setup"
zpty -r shell text '*<<READY>>*'
for line in ${lines.map((line) => `'${line}'`).join(" ")}; do
  zpty -w -n shell "$line"$'\\t\\x14'
  zpty -r shell text '*<<NEXT>>*'
  print -r -- "\${text//$'\\r'/}"
done
zpty -d shell
`;
}

function fishDriver(folder: string, lines: readonly string[]): string {
  return `
source ${folder}/harbinger.fish
source ${folder}/portwatcher.fish
for line in ${lines.map((line) => `'${line}'`).join(" ")}
    for proposed in (complete -C $line)
        printf '<<%s>>\\n' (string split -f 1 \\t -- $proposed)
    end
    printf '<<NEXT>>\\n'
end
`;
}

import { readShellLine } from "../../../platform/shell-line.ts";
import { baseName, type NmapCallOutcome, simpleCommands } from "./nmap-call.ts";

/** Programs behind which nmap looks from another network, another machine, or through a proxy. */
const otherPlaces = new Set(
  "ip nsenter unshare chroot proxychains proxychains4 torsocks torify tsocks ssh docker podman kubectl lxc lxc-attach incus machinectl systemd-nspawn".split(
    " ",
  ),
);

/**
 * Options by which nmap asks as a plain connect does not: by an interface, from an address or a port of the user's choice,
 * through a proxy, another host (`-sI`, `-b`) or with IP options.
 */
const otherWays = /^(?:-e|-S|-g|-b|-sI|--source[-_]port|--prox(?:y|ies)|--ip-options)/;

/**
 * Whether a handshake from here asks the same as the command line. Where the line is too complex to tell, it counts as a
 * look from elsewhere: what is open over there must not be called closed because it is not open here.
 */
export function looksFromHere(found: NmapCallOutcome): boolean {
  if (found.kind === "unclear") return false;
  const { before, args } = found.call;
  return !before.some((word) => otherPlaces.has(baseName(word.text))) && !args.some((arg) => otherWays.test(arg.text));
}

/** The commands that stand in the arguments of a shell and the like. */
function scriptsOf(line: string): readonly (readonly string[])[] {
  return commandsOf(line).flatMap(([head = "", ...args]) =>
    runners.has(baseName(head))
      ? roughCommands(args.join(" ")).map((words) => words.filter((word) => word !== ""))
      : [],
  );
}

/** Run a text of commands, or a command, that stands in their arguments. */
const runners = new Set("sh bash dash ash ksh zsh eval xargs parallel watch find".split(" "));

/** Stand before a command, with arguments of their own. */
const wrappers = new Set(
  "sudo doas env nice ionice chrt taskset time timeout nohup setsid stdbuf unbuffer exec command".split(" "),
);

/**
 * The same of a whole line that may be a script: nothing in it can be seen to look from another place. What a program that
 * it runs does inside is not known; so this is good enough for a look that can only clear a host of being gone.
 */
export function lineLooksFromHere(line: string): boolean {
  return [...commandsOf(line), ...scriptsOf(line)].every((words) => {
    const nmap = words.findIndex((word) => /^nmap(?:\.exe)?$/i.test(baseName(word)));
    if (nmap >= 0) {
      const isElsewhere = words.slice(0, nmap).some((word) => otherPlaces.has(baseName(word)));
      return !isElsewhere && !words.slice(nmap).some((word) => otherWays.test(word));
    }
    const head = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
    const name = baseName(words[head] ?? "");
    const seen = wrappers.has(name) ? words.slice(head, head + 8) : [name];
    return !seen.some((word) => otherPlaces.has(baseName(word)));
  });
}

/** Relative names of files in the line mean files in the folder of this process. */
export function staysInOurFolder(line: string): boolean {
  return !commandsOf(line).some(([head]) => head === "cd" || head === "pushd" || head === "popd");
}

/**
 * Words of the commands of a line. One that cannot be read without running it is taken apart roughly, without its quotes.
 */
export function commandsOf(line: string): readonly (readonly string[])[] {
  const read = readShellLine(line);
  const commands =
    read.kind === "parts"
      ? simpleCommands(read.parts).map((words) => words.map(({ text }) => text))
      : roughCommands(line);
  return commands
    .map((words) => words.filter((word) => word !== "" && !keywords.has(word)))
    .filter((words) => words.length > 0);
}

function roughCommands(line: string): readonly (readonly string[])[] {
  return line
    .replace(/["'`\\]/g, " ")
    .split(/\$\(|[;&|(){}\n]/)
    .map((command) => command.split(/\s+/));
}

const keywords = new Set("if then else elif fi for while until do done ! [[ ]] { } time".split(" "));

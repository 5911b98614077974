import { readShellLine } from "../../../platform/shell-line.ts";
import { baseName, type NmapCallOutcome, simpleCommands } from "./nmap-call.ts";

/** Programs that run nmap in another network, on another machine, or through a proxy. */
const otherPlaces = new Set(
  "ip nsenter unshare chroot proxychains proxychains4 torsocks torify tsocks ssh docker podman kubectl lxc lxc-attach incus machinectl systemd-nspawn".split(
    " ",
  ),
);

/**
 * Options that make nmap's probes different from a plain connect: another interface, source address or port, a proxy,
 * another host (`-sI`, `-b`), or IP options.
 */
const otherWays = /^(?:-e|-S|-g|-b|-sI|--source[-_]port|--prox(?:y|ies)|--ip-options)/;

/**
 * Whether a handshake from this machine is the same probe as that of the command line. A line that is too complex to read counts as
 * run elsewhere: a port that is open there must not be reported as closed because it is not open from here.
 */
export function looksFromHere(found: NmapCallOutcome): boolean {
  if (found.kind === "unclear") return false;
  const { before, args } = found.call;
  return !before.some((word) => otherPlaces.has(baseName(word.text))) && !args.some((arg) => otherWays.test(arg.text));
}

/** The commands in the arguments of a shell and similar programs. */
function scriptsOf(line: string): readonly (readonly string[])[] {
  return commandsOf(line).flatMap(([head = "", ...args]) =>
    runners.has(baseName(head))
      ? roughCommands(args.join(" ")).map((words) => words.filter((word) => word !== ""))
      : [],
  );
}

/** Programs that run a command, or text with commands, from their arguments. */
const runners = new Set("sh bash dash ash ksh zsh eval xargs parallel watch find".split(" "));

/** Precede a command, with arguments of their own. */
const wrappers = new Set(
  "sudo doas env nice ionice chrt taskset time timeout nohup setsid stdbuf unbuffer exec command".split(" "),
);

/**
 * The same for a line that may be a script: nothing in it visibly runs a scan elsewhere. What the programs in it do is unknown, so
 * this is used only where a handshake can prove that a host is present.
 */
export function lineLooksLocal(line: string): boolean {
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

/** Relative file names in the line refer to the working directory of this process. */
export function staysInOurFolder(line: string): boolean {
  return !commandsOf(line).some(([head]) => head === "cd" || head === "pushd" || head === "popd");
}

/**
 * Words of the commands of a line. A line that cannot be parsed without running it is split roughly, ignoring its quotes.
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

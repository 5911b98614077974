import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Check, CheckRequest, CheckResult } from "../../../core/check.ts";
import { quoteForShell, runShell } from "../../../platform/shell.ts";
import { systemDialect } from "../../../platform/shell-line.ts";
import { isSingleExecutable } from "../../../platform/single-executable.ts";
import { readChain } from "./chain.ts";
import { ChainRun } from "./chain-run.ts";
import { Counterparts } from "./counterparts.ts";
import type { HelperCall, HelperNames } from "./helper-call.ts";
import type { RunCommandLine } from "./post-command-runner.ts";
import { rewriteLine } from "./rewrite-line.ts";
import { Turns } from "./turns.ts";

export interface CommandLineWithChecksOptions {
  /** The built-in checks, whose `ca_certs/` stand in `directory`. */
  readonly checks: readonly Check[];
  /** Where command lines run that name no folder of their own; default: the working directory. */
  readonly directory?: string;
  /** Is told once of each script whose place a check takes. */
  readonly onBuiltIn?: (script: string, check: string) => void;
  /** Is given what each check found, of those that ran in this process. */
  readonly onResult?: (result: CheckResult, request: CheckRequest) => void;
  /** What runs a check as a process of its own, where the shell has to start it. */
  readonly launcher?: Launcher;
  /** Runs what is no check; default {@link runShell}. */
  readonly runShell?: RunCommandLine;
  /**
   * Processes at once; default four per processor, from 16 to 32: they mostly wait for the network. Lines that wait for one
   * do not spend their time. So many more lines than processes can run at once: see {@link linesAtOnce}.
   */
  readonly processesAtOnce?: number;
}

/** What a {@link PostCommandRunner} may run at once of these lines: a check in this process is little more than a socket. */
export const linesAtOnce = 64;

/** So many lines at once over all watches, whoever runs them. One that waits for its turn does not spend its time. */
const allLinesAtOnce = 4 * linesAtOnce;

interface Launcher {
  /** A program: Node, or the single executable. */
  readonly node: string;
  /** What Node runs. */
  readonly script?: string;
}

function ownLauncher(): Launcher {
  if (isSingleExecutable) return { node: process.execPath };
  // From this folder, in the sources as in the compiled files.
  const script = fileURLToPath(new URL("../../../../bin/harbinger.js", import.meta.url));
  return { node: process.execPath, script };
}

/**
 * Runs command lines in which the earlier tool's scripts (`python post_command/port_check.py HOST PORT`,
 * `post_command/redis.sh HOST PORT`) are our own checks, unless such a file exists. Chains of `&&`, `||`, `;` and parentheses are followed here: their checks run in
 * this process, at once and without a program, and everything else by the shell. Any other line goes to the shell whole,
 * with `node harbinger.js check --script ...` in the place of the scripts. Lines without scripts are not touched.
 */
export function runCommandLineWithChecks(options: CommandLineWithChecksOptions): RunCommandLine {
  const told = new Set<string>();
  const counterparts = new Counterparts(new Map(options.checks.map((check) => [check.name, check])));
  const turns = new Turns(options.processesAtOnce ?? Math.min(32, Math.max(16, 4 * os.availableParallelism())));
  const lines = new Turns(allLinesAtOnce);
  const ownShell = options.runShell ?? runShell;
  const shell: RunCommandLine = (line, shellOptions) =>
    turns.run(() => ownShell(line, shellOptions), shellOptions.signal);
  const { node, script } = options.launcher ?? ownLauncher();
  const program = script === undefined ? [node] : [node, script];
  const rewrite = (call: HelperCall): string => {
    const words = [...program, "check", "--allow", "0.0.0.0/0,::/0", "--script", `${call.name}.${call.form}`, "--"];
    return words.map(quoteForShell).join(" ");
  };
  const tell = (call: HelperCall) => {
    if (told.has(call.script)) return;
    told.add(call.script);
    options.onBuiltIn?.(call.script, labelOf(call, counterparts));
  };
  return async (commandLine, shellOptions) => {
    const directory = path.resolve(shellOptions.directory ?? options.directory ?? process.cwd());
    const names: HelperNames = {
      directory,
      isKnown: (name, form) => counterparts.find(name)?.forms.includes(form) === true,
    };
    const rewritten = rewriteLine(commandLine, systemDialect, names, rewrite);
    if (rewritten.calls.length === 0) return await shell(commandLine, shellOptions);
    for (const call of rewritten.calls) tell(call);
    // What is given on standard input goes to whoever reads first: only one shell can sort that out.
    const chain =
      systemDialect === "posix" && shellOptions.input === undefined
        ? readChain(commandLine, names, rewrite)
        : undefined;
    if (chain === undefined) return await shell(rewritten.line, shellOptions);
    const run = new ChainRun({ counterparts, ownShell, turns, shellOptions, onResult: options.onResult });
    return await lines.run(() => run.run(chain), shellOptions.signal);
  };
}

/** `port`, `exposure of redis`: which check answers for a script. */
function labelOf({ name }: HelperCall, counterparts: Counterparts): string {
  const counterpart = counterparts.find(name);
  const check = counterpart?.check.name ?? name;
  return check === "exposure" ? `exposure of ${counterpart?.name ?? name}` : check;
}

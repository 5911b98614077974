import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Check, CheckRequest, CheckResult } from "../../../core/check.ts";
import { quoteForShell, runShell } from "../../../platform/shell.ts";
import { systemDialect } from "../../../platform/shell-line.ts";
import { isSingleExecutable } from "../../../platform/single-executable.ts";
import { Semaphore } from "../semaphore.ts";
import { readChain } from "./chain.ts";
import { ChainRun } from "./chain-run.ts";
import { Counterparts } from "./counterparts.ts";
import type { HelperCall, HelperNames } from "./helper-call.ts";
import type { RunCommandLine } from "./post-command.ts";
import { rewriteLine } from "./rewrite-line.ts";

export interface CommandLineWithChecksOptions {
  /** The built-in checks; their `ca_certs/` is in `directory`. */
  readonly checks: readonly Check[];
  /** The folder in which command lines run, unless their options name another; default: the working directory. */
  readonly directory?: string;
  /** Called once for each script that a check replaces. */
  readonly onBuiltIn?: (script: string, check: string) => void;
  /** Called with the result of each check that ran in this process. */
  readonly onResult?: (result: CheckResult, request: CheckRequest) => void;
  /** Starts a check as a separate process, where the shell has to start it. */
  readonly launcher?: Launcher;
  /** Runs everything that is not a check; default {@link runShell}. */
  readonly runShell?: RunCommandLine;
  /**
   * Maximum processes at the same time; default four per processor, from 16 to 32: they mostly wait for the network. Waiting for
   * one does not count against the time of a line.
   */
  readonly maxProcesses?: number;
}

/** Lines at the same time, over all watches. A check in this process is little more than a socket. */
const maxLines = 256;

interface Launcher {
  /** The program: Node, or the single executable. */
  readonly node: string;
  /** The script that Node runs. */
  readonly script?: string;
}

function ownLauncher(): Launcher {
  if (isSingleExecutable) return { node: process.execPath };
  // From this folder, in the sources as in the compiled files.
  const script = fileURLToPath(new URL("../../../../bin/harbinger.js", import.meta.url));
  return { node: process.execPath, script };
}

/**
 * Runs command lines, and replaces the earlier tool's scripts in them (`python post_command/port_check.py HOST PORT`,
 * `post_command/redis.sh HOST PORT`) by our own checks, unless such a file exists. Chains of `&&`, `||`, `;` and parentheses are
 * read here: their checks run in this process, everything else in the shell. Any other line goes to the shell whole, with
 * `node harbinger.js check --script ...` in place of the scripts. Lines without scripts are unchanged.
 */
export function runCommandLineWithChecks(options: CommandLineWithChecksOptions): RunCommandLine {
  const reported = new Set<string>();
  const counterparts = new Counterparts(new Map(options.checks.map((check) => [check.name, check])));
  const processes = new Semaphore(options.maxProcesses ?? Math.min(32, Math.max(16, 4 * os.availableParallelism())));
  const lines = new Semaphore(maxLines);
  const ownShell = options.runShell ?? runShell;
  const shell: RunCommandLine = (line, shellOptions) =>
    processes.run(() => ownShell(line, shellOptions), shellOptions.signal);
  const { node, script } = options.launcher ?? ownLauncher();
  const program = script === undefined ? [node] : [node, script];
  const rewrite = (call: HelperCall): string => {
    const words = [...program, "check", "--allow", "0.0.0.0/0,::/0", "--script", `${call.name}.${call.form}`, "--"];
    return words.map(quoteForShell).join(" ");
  };
  const report = (call: HelperCall) => {
    if (reported.has(call.script)) return;
    reported.add(call.script);
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
    for (const call of rewritten.calls) report(call);
    // Standard input goes to the first command that reads it, which only one shell for the whole line can arrange.
    const chain =
      systemDialect === "posix" && shellOptions.input === undefined
        ? readChain(commandLine, names, rewrite)
        : undefined;
    if (chain === undefined) return await shell(rewritten.line, shellOptions);
    const run = new ChainRun({ counterparts, ownShell, processes, shellOptions, onResult: options.onResult });
    return await lines.run(() => run.run(chain), shellOptions.signal);
  };
}

/** The check that replaces a script: `port`, `exposure of redis`. */
function labelOf({ name }: HelperCall, counterparts: Counterparts): string {
  const counterpart = counterparts.find(name);
  const check = counterpart?.check.name ?? name;
  return check === "exposure" ? `exposure of ${counterpart?.name ?? name}` : check;
}

import { type Address, parseAddress } from "../../../core/address.ts";
import { isPort, type Port } from "../../../core/ports.ts";
import { runShell, type ShellOptions, type ShellOutcome } from "../../../platform/shell.ts";
import { evidenceOf } from "./evidence.ts";
import { fillIn } from "./fill-in.ts";

export interface PostCommandResult {
  /** Exit status 0. */
  readonly succeeded: boolean;
  /** The text for the report. Made safe and bounded. */
  readonly evidence: string;
}

/**
 * Runs a watch's `post_command` on one new host, in a process group that is ended when its time is up.
 * @returns `undefined` where `signal` ended it
 */
export type RunPostCommand = (
  commandLine: string,
  target: { readonly host: Address; readonly port: Port },
  signal: AbortSignal,
) => Promise<PostCommandResult | undefined>;

/** Runs one command line in which host and port are filled in. */
export type RunCommandLine = (commandLine: string, options: ShellOptions) => Promise<ShellOutcome>;

export interface PostCommandOptions {
  /** Default 60 s. */
  readonly timeoutMs?: number;
  /** The limit of output in bytes; default 64 KiB. */
  readonly outputLimit?: number;
  /** Default {@link runShell}. */
  readonly runCommandLine?: RunCommandLine;
}

export function createPostCommand({
  timeoutMs = 60_000,
  outputLimit = 64 * 1024,
  runCommandLine = runShell,
}: PostCommandOptions = {}): RunPostCommand {
  return async (commandLine, { host, port }, signal) => {
    // The address comes from the database and goes to a shell, so it is validated again.
    if (parseAddress(host) !== host || !isPort(port)) {
      return { succeeded: false, evidence: "[Command failed: not an address and a port]" };
    }
    const outcome = await runCommandLine(fillIn(commandLine, host, port), { timeoutMs, outputLimit, signal });
    const evidence = evidenceOf(outcome);
    if (evidence === undefined) return undefined;
    return { succeeded: outcome.kind === "exited" && outcome.code === 0, evidence };
  };
}

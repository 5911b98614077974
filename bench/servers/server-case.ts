import type { Verdict } from "../../src/core/check.ts";

/** A real server of a Debian package: how it is started, and what is right to report. */
export interface ServerCase {
  readonly name: string;
  /** The package that has the right version. */
  readonly package: string;
  readonly alsoNeeds?: readonly string[];
  /** What has to be installed; usually what `run` starts. */
  readonly program: string;
  /** Its usual port. */
  readonly port: number;
  /**
   * A script for `sh -e`. `$1` is the port, `$2` its own folder, in which it runs. It ends with the server itself in the
   * foreground.
   */
  readonly run: string;
  /** It accepts connections by this much earlier than it answers. */
  readonly settleSeconds?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Right names of the protocol, ours or nmap's. */
  readonly protocol: RegExp;
  /** Right names of the product. */
  readonly product: RegExp;
  /** If the package's version is not the program's. */
  readonly version?: RegExp;
  /** The right verdict; `inconclusive` if it cannot be seen from outside. */
  readonly verdict: Verdict;
}

/** A server on standard input and output, which `inetd` starts for each connection. */
export function perConnection(command: string): string {
  return `exec socat "TCP-LISTEN:$1,bind=127.0.0.1,fork,reuseaddr" "EXEC:${command},nofork"`;
}

import type { Verdict } from "../../src/core/check.ts";

/** A real server of a package of Debian: how it is started, and what is true of it. */
export interface ServerCase {
  readonly name: string;
  /** The package whose version is the right one. */
  readonly package: string;
  readonly alsoNeeds?: readonly string[];
  /** What has to be installed; usually what `run` starts. */
  readonly program: string;
  /** Its usual port. */
  readonly port: number;
  /**
   * A script for `sh -e`. `$1` is the port, `$2` a folder of its own, in which it runs. Ends in the server itself, in the
   * foreground.
   */
  readonly run: string;
  /** It accepts connections so much earlier than it answers. */
  readonly settleSeconds?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Names that are right for the protocol, ours or nmap's. */
  readonly protocol: RegExp;
  /** Names that are right for the product. */
  readonly product: RegExp;
  /** Where the package's number is not the program's. */
  readonly version?: RegExp;
  /** What is right to say of it; what only a look inside could tell is `inconclusive`. */
  readonly verdict: Verdict;
}

/** A server that speaks on its standard input and output, as `inetd` starts it for each connection. */
export function perConnection(command: string): string {
  return `exec socat "TCP-LISTEN:$1,bind=127.0.0.1,fork,reuseaddr" "EXEC:${command},nofork"`;
}

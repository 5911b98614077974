import { execFileSync } from "node:child_process";
import { findProgram } from "../../src/platform/programs.ts";
import { hangLimitMs } from "./hang-limit.ts";

/**
 * A Linux network namespace with a loopback interface only: packets of a program in it to other hosts stay
 * there. The loopback has Ethernet's packet size, and each segment is separate. Needs root and iproute2.
 */
export interface QuietNetwork extends Disposable {
  /** Command and arguments that run a program in it. */
  command(program: string, args: readonly string[]): readonly [string, readonly string[]];
}

/** The payload of one segment there: Ethernet's 1,500 bytes without the headers of IPv4 and TCP. */
export const segmentBytes = 1460;

/** Why there can be none here, or `undefined`. */
export function whyNoQuietNetwork(): string | undefined {
  if (process.platform !== "linux") return "network namespaces exist on Linux only";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  if (findProgram("ip") === undefined) return "ip is not installed";
  try {
    using _ = createQuietNetwork();
    return undefined;
  } catch {
    return "this machine does not allow network namespaces";
  }
}

let networks = 0;

export function createQuietNetwork(): QuietNetwork {
  networks += 1;
  const name = `hb-quiet-${process.pid}-${networks}`;
  run("netns", "add", name);
  const destroy = () => run("netns", "del", name);
  try {
    run("-n", name, "link", "set", "lo", "mtu", "1500", "gso_max_segs", "1", "up");
  } catch (error) {
    destroy();
    throw error;
  }
  return {
    command: (program, args) => ["ip", ["netns", "exec", name, program, ...args]],
    [Symbol.dispose]: destroy,
  };
}

function run(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"], timeout: hangLimitMs });
}

import { readFile } from "node:fs/promises";
import type { Clock } from "../../core/clock.ts";
import { findProgram } from "../programs.ts";
import { commandEnvironment, runProgram } from "../shell.ts";
import { parseArpAn, parseNdpAn } from "./bsd-tables.ts";
import { parseIpNeigh } from "./ip-neigh.ts";
import type { NeighbourEntry } from "./neighbour-entry.ts";
import { readNetlinkTable } from "./netlink-table.ts";
import { parseProcArp } from "./proc-arp.ts";
import { parseWindowsTable } from "./windows-tables.ts";

/**
 * The addresses on this machine's networks that the operating system has resolved, with their MAC addresses. Needs no privilege.
 */
export interface NeighbourTable {
  /** Never rejects. */
  read(signal?: AbortSignal): Promise<NeighbourSnapshot>;
}

export interface NeighbourSnapshot {
  readonly entries: readonly NeighbourEntry[];
  /** The source of the entries; `undefined` if none could be read. */
  readonly source:
    | "netlink"
    | "ip -s neigh"
    | "ip neigh"
    | "/proc/net/arp"
    | "arp and ndp"
    | "arp and netsh"
    | undefined;
}

const programTimeoutMs = 5000;
const maxOutputBytes = 8_000_000;

/** Reads the table from the most detailed source on this system, and remembers which sources failed. */
export class SystemNeighbourTable implements NeighbourTable {
  readonly #clock: Clock;
  readonly #failed = new Set<Source>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async read(signal?: AbortSignal): Promise<NeighbourSnapshot> {
    for (const source of sourcesOf(process.platform)) {
      if (this.#failed.has(source)) continue;
      const entries = await source.read({ clock: this.#clock, signal });
      if (entries !== undefined) return { entries, source: source.name };
      // The reason is permanent, such as a missing program or library, so this source is not tried again.
      if (signal?.aborted !== true) this.#failed.add(source);
    }
    return { entries: [], source: undefined };
  }
}

interface Context {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

interface Source {
  readonly name: NonNullable<NeighbourSnapshot["source"]>;
  /** `undefined` if it cannot be read. */
  read(context: Context): Promise<readonly NeighbourEntry[] | undefined>;
}

const linuxSources: readonly Source[] = [
  {
    name: "netlink",
    async read({ clock }) {
      const entries = await readNetlinkTable(clock);
      return typeof entries === "string" ? undefined : entries;
    },
  },
  {
    name: "ip -s neigh",
    async read({ signal }) {
      const text = await outputOf("ip", ["-s", "neigh", "show"], signal);
      return text === undefined ? undefined : parseIpNeigh(text, { hasAges: true });
    },
  },
  {
    // BusyBox has no -s and prints ages of zero.
    name: "ip neigh",
    async read({ signal }) {
      const text = await outputOf("ip", ["neigh", "show"], signal);
      return text === undefined ? undefined : parseIpNeigh(text, { hasAges: false });
    },
  },
  {
    name: "/proc/net/arp",
    async read() {
      try {
        return parseProcArp(await readFile("/proc/net/arp", "latin1"));
      } catch {
        return undefined;
      }
    },
  },
];

const bsdSources: readonly Source[] = [
  {
    name: "arp and ndp",
    read: async ({ signal }) =>
      joined([
        [await outputOf("arp", ["-an"], signal), parseArpAn],
        [await outputOf("ndp", ["-an"], signal), parseNdpAn],
      ]),
  },
];

const windowsSources: readonly Source[] = [
  {
    name: "arp and netsh",
    read: async ({ signal }) =>
      joined([
        [await outputOf("arp", ["-a"], signal), parseWindowsTable],
        [await outputOf("netsh", ["interface", "ipv6", "show", "neighbors"], signal), parseWindowsTable],
      ]),
  },
];

function sourcesOf(platform: NodeJS.Platform): readonly Source[] {
  if (platform === "linux") return linuxSources;
  return platform === "win32" ? windowsSources : bsdSources;
}

type Parse = (text: string) => readonly NeighbourEntry[];

function joined(parts: readonly (readonly [string | undefined, Parse])[]): readonly NeighbourEntry[] | undefined {
  const read = parts.flatMap(([text, parse]) => (text === undefined ? [] : [parse(text)]));
  return read.length === 0 ? undefined : read.flat();
}

/** Folders that may be missing from the PATH of a service. */
const systemFolders = ["/usr/sbin", "/sbin"];

async function outputOf(
  name: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const program = findProgram(name) ?? systemFolders.map((folder) => findProgram(`${folder}/${name}`)).find(Boolean);
  if (program === undefined) return undefined;
  const outcome = await runProgram(program, args, {
    timeoutMs: programTimeoutMs,
    outputLimit: maxOutputBytes,
    environment: { ...commandEnvironment(), LC_ALL: "C" },
    signal,
  });
  return outcome.kind === "exited" && outcome.code === 0 ? outcome.stdout : undefined;
}

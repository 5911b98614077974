import { type Coverage, maxExceptions } from "../../../core/coverage.ts";
import type { AddressRange } from "../../../core/network.ts";
import type { Port } from "../../../core/ports.ts";
import type { SightingBatches } from "./sighting-batches.ts";

/** What decides the coverage of a run of nmap. */
export interface CoverageFacts {
  /** What nmap was told to scan; `undefined` where that is unknown. */
  readonly ranges: readonly AddressRange[] | undefined;
  /** The watched ports that were really scanned. */
  readonly ports: readonly Port[];
  readonly allPortsScanned: boolean;
  /** Something was not scanned, and it is unknown what. */
  readonly hasUnknownGap: boolean;
  /** A target was left out whose addresses are unknown. */
  readonly targetsLeftOut: boolean;
  readonly batches: SightingBatches;
}

/** Exactly the targets of the command line where they can be read; `all` where they cannot and nothing was left out; else `none`. */
export function nmapCoverage(facts: CoverageFacts): Coverage {
  const { ports, batches, ranges } = facts;
  const { count, addresses } = batches.timedOut;
  const none: Coverage = { kind: "none" };
  if (facts.hasUnknownGap || batches.full || ports.length === 0) return none;
  if (ranges === undefined) {
    return facts.allPortsScanned && !facts.targetsLeftOut && count === 0 ? { kind: "all" } : none;
  }
  if (ranges.length === 0 || count > addresses.length || count * ports.length > maxExceptions) return none;
  const except = addresses.flatMap((address) =>
    ports.filter((port) => !batches.has(address, port)).map((port) => `${address} ${port}`),
  );
  return { kind: "ranges", ranges, ports, except };
}

/** What nmap was told to scan, whether it did so or not. {@link nmapCoverage} leaves out what it did not scan. */
export function nmapRequested({ ranges, ports, batches }: CoverageFacts): Coverage {
  if (batches.full || ports.length === 0) return { kind: "none" };
  if (ranges === undefined) return { kind: "all" };
  return ranges.length === 0 ? { kind: "none" } : { kind: "ranges", ranges, ports, except: [] };
}

import { type Coverage, maxExceptions } from "../../../core/coverage.ts";
import { mergeRanges, rangeSize, subtractRanges } from "../../../core/network.ts";
import type { Port } from "../../../core/ports.ts";
import { type UnderstoodNmap, understandNmapArguments } from "./nmap-arguments.ts";
import type { NmapCall } from "./nmap-call.ts";
import type { SightingBatches } from "./sighting-batches.ts";

/** What can be concluded from the absence of a host. */
export interface CoverageQuestion {
  readonly call: NmapCall | undefined;
  /** The watched ports that were really scanned. */
  readonly ports: readonly Port[];
  readonly allPortsScanned: boolean;
  /** Something was not asked, and it is not known what. */
  readonly hasUnknownGap: boolean;
  /** Names that could not be resolved were left out. */
  readonly namesLeftOut: boolean;
  readonly batches: SightingBatches;
}

/**
 * Exactly the numeric targets of the command line where it can be read; `all` where it cannot and nothing was left out;
 * else `none`.
 */
export function nmapCoverage(question: CoverageQuestion): Coverage {
  const { ports, batches } = question;
  const { count, addresses } = batches.timedOut;
  const none: Coverage = { kind: "none" };
  if (question.hasUnknownGap || batches.full || ports.length === 0) return none;
  const understood = understandTargets(question.call);
  if (understood.kind === "not-understood" || understood.request.excludeNames.length > 0) {
    return question.allPortsScanned && !question.namesLeftOut && count === 0 ? { kind: "all" } : none;
  }
  const { ranges, excludeRanges, names } = understood.request;
  if (names.length > 0 && !question.namesLeftOut) {
    return question.allPortsScanned && count === 0 ? { kind: "all" } : none;
  }
  if (count > addresses.length || count * ports.length > maxExceptions) return none;
  const asked = subtractRanges(ranges, excludeRanges);
  if (asked.length === 0) return none;
  const except = addresses.flatMap((address) =>
    ports.filter((port) => !batches.has(address, port)).map((port) => `${address} ${port}`),
  );
  return { kind: "ranges", ranges: asked, ports, except };
}

/** How many addresses the line asks for, where that can be told. */
export function addressesAsked(call: NmapCall | undefined): bigint | undefined {
  const understood = understandTargets(call);
  if (understood.kind === "not-understood") return undefined;
  const { ranges, excludeRanges, names, excludeNames } = understood.request;
  if (names.length > 0 || excludeNames.length > 0) return undefined;
  return mergeRanges(subtractRanges(ranges, excludeRanges)).reduce((sum, range) => sum + rangeSize(range), 0n);
}

function understandTargets(call: NmapCall | undefined): UnderstoodNmap {
  if (call === undefined) return { kind: "not-understood", what: "the line" };
  return understandNmapArguments(call.args, "targets");
}

import type { Address } from "../../../core/address.ts";
import { describeLocalError } from "../../../core/connect-error.ts";
import { type Coverage, maxExceptions } from "../../../core/coverage.ts";
import { type AddressRange, mergeRanges, parseRange } from "../../../core/network.ts";
import type { Port } from "../../../core/ports.ts";
import type { ScanResult } from "../../../core/scan-engine.ts";
import { nameRanges } from "../targets/hostless.ts";
import type { EndpointOrder, Shard } from "./endpoint-order.ts";
import type { Tally } from "./tally.ts";

/** The result of a scan, and where to resume it if it ended early. */
export interface ConnectScanResult extends ScanResult {
  /** Options with which the rest can be scanned later; all endpoints before `from` have a final state. */
  readonly resume?: { readonly seed: number; readonly from: number };
}

/** What the result of a scan is computed from. */
export interface ScanEnd {
  readonly tally: Tally;
  readonly order: EndpointOrder;
  readonly seed: number;
  readonly shard: Shard;
  readonly from: number;
  /** Endpoints drawn from the order that have no final state. */
  readonly unfinished: readonly number[];
  readonly ranges: readonly AddressRange[];
  readonly ports: readonly Port[];
  readonly endpointOf: (endpoint: number) => { readonly address: Address; readonly port: Port };
  /** Why the scan ended early; with `isAborted` because it was aborted. */
  readonly endReason: string | undefined;
  readonly isAborted: boolean;
  /** The error of a shortage that lasted until the end. */
  readonly shortage: string | undefined;
  readonly notes: readonly string[];
}

/** Computes the status of a scan, and its coverage: which endpoints it really probed. */
export function scanResult(end: ScanEnd): ConnectScanResult {
  const { tally, endReason } = end;
  const local = tally.mostCommonLocalError;
  const common = { engine: "connect", counts: tally.counts, notes: end.notes };
  const wasAnythingProbed = tally.done > tally.localErrors;
  const failure = local ?? end.shortage;
  if (!wasAnythingProbed && failure !== undefined && !end.isAborted)
    return {
      ...common,
      status: "failed",
      coverage: { kind: "none" },
      reason: endReason ?? describeLocalError(failure),
    };
  const coverage = coverageOf(end);
  if (endReason !== undefined) {
    const steps = end.unfinished.map((endpoint) => end.order.stepOf(endpoint));
    const from = steps.reduce((min, step) => Math.min(min, step), end.order.position);
    return { ...common, status: "partial", coverage, reason: endReason, resume: { seed: end.seed, from } };
  }
  if (local === undefined) return { ...common, status: "complete", coverage };
  const endpoints = tally.localErrors === 1 ? "1 endpoint" : `${tally.localErrors} endpoints`;
  const reason = `${endpoints} of ${addressesOf(tally)} could not be probed: ${describeLocalError(local)}`;
  return { ...common, status: "partial", coverage, reason };
}

/** The addresses of the endpoints that could not be probed. */
function addressesOf({ notProbed, localErrors }: Tally): string {
  const addresses = new Set(notProbed.map((endpoint) => endpoint.split(/[ %]/, 1)[0] ?? ""));
  const ranges = mergeRanges([...addresses].flatMap((address) => parseRange(address) ?? []));
  return nameRanges(ranges, { areAll: notProbed.length >= localErrors });
}

/**
 * The ranges, except endpoints without a final state or with a local error, those left when the scan ended
 * early, and those of other shards. The order is scattered, so they are not ranges; with more than {@link maxExceptions}
 * the coverage is empty.
 */
function coverageOf(end: ScanEnd): Coverage {
  const { tally, order, from, ranges, ports } = end;
  const { size } = order;
  const probed = tally.done - tally.localErrors;
  if (size - probed > maxExceptions) return { kind: "none" };
  const except = [...tally.notProbed];
  const add = (endpoint: number) => {
    const { address, port } = end.endpointOf(endpoint);
    except.push(`${address} ${port}`);
  };
  for (const endpoint of end.unfinished) add(endpoint);
  for (let step = order.position; step < order.steps; step++) add(order.at(step));
  for (let step = 0; step < Math.min(from, order.steps); step++) add(order.at(step));
  if (end.shard.count > 1) {
    for (let endpoint = 0; endpoint < size; endpoint++) if (!Number.isInteger(order.stepOf(endpoint))) add(endpoint);
  }
  return { kind: "ranges", ranges, ports, except };
}

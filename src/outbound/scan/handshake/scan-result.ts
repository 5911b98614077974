import type { Address } from "../../../core/address.ts";
import { describeLocalError } from "../../../core/connect-error.ts";
import { type Coverage, maxExceptions } from "../../../core/coverage.ts";
import { type AddressRange, mergeRanges, parseRange } from "../../../core/network.ts";
import type { Port } from "../../../core/ports.ts";
import type { ScanResult } from "../../../core/scan-engine.ts";
import { nameRanges } from "../targets/hostless.ts";
import type { EndpointOrder, Shard } from "./endpoint-order.ts";
import type { Tally } from "./tally.ts";

/** A scan's result, and where to take it up if it ended early. */
export interface ConnectScanResult extends ScanResult {
  /** Options with which the rest can be scanned later; everything before was settled. */
  readonly resume?: { readonly seed: number; readonly from: number };
}

/** All that the result of a scan is made of. */
export interface ScanEnd {
  readonly tally: Tally;
  readonly order: EndpointOrder;
  readonly seed: number;
  readonly shard: Shard;
  readonly from: number;
  /** Endpoints drawn from the order that came to no end. */
  readonly unsettled: readonly number[];
  readonly ranges: readonly AddressRange[];
  readonly ports: readonly Port[];
  readonly endpointOf: (endpoint: number) => { readonly address: Address; readonly port: Port };
  /** Why the scan ended before its time; with `isAborted` because it was told to. */
  readonly cut: string | undefined;
  readonly isAborted: boolean;
  /** The error of a shortage that lasted until the end. */
  readonly shortage: string | undefined;
  readonly notes: readonly string[];
}

/** Says what came of a scan, and of what its silence may be taken as absence. */
export function scanResult(end: ScanEnd): ConnectScanResult {
  const { tally, cut } = end;
  const local = tally.commonestLocalError;
  const common = { engine: "connect", counts: tally.counts, notes: end.notes };
  const wasAnythingAsked = tally.settled > tally.localErrors;
  const trouble = local ?? end.shortage;
  if (!wasAnythingAsked && trouble !== undefined && !end.isAborted)
    return { ...common, status: "failed", coverage: { kind: "none" }, reason: cut ?? describeLocalError(trouble) };
  const coverage = coverageOf(end);
  if (cut !== undefined) {
    const steps = end.unsettled.map((endpoint) => end.order.stepOf(endpoint));
    const from = steps.reduce((least, step) => Math.min(least, step), end.order.position);
    return { ...common, status: "partial", coverage, reason: cut, resume: { seed: end.seed, from } };
  }
  if (local === undefined) return { ...common, status: "complete", coverage };
  const endpoints = tally.localErrors === 1 ? "1 endpoint" : `${tally.localErrors} endpoints`;
  const reason = `${endpoints} of ${addressesOf(tally)} could not be asked: ${describeLocalError(local)}`;
  return { ...common, status: "partial", coverage, reason };
}

/** The addresses of the endpoints that could not be asked. */
function addressesOf({ notAsked, localErrors }: Tally): string {
  const addresses = new Set(notAsked.map((endpoint) => endpoint.split(/[ %]/, 1)[0] ?? ""));
  const ranges = mergeRanges([...addresses].flatMap((address) => parseRange(address) ?? []));
  return `${nameRanges(ranges)}${notAsked.length < localErrors ? " and others" : ""}`;
}

/**
 * The ranges, but for endpoints that were not settled: those that met a local error, those left when the scan ended
 * early, those of other shards. The order is scattered, so they cannot be said as ranges; past {@link maxExceptions} of them
 * nothing is claimed.
 */
function coverageOf(end: ScanEnd): Coverage {
  const { tally, order, from, ranges, ports } = end;
  const { size } = order;
  const asked = tally.settled - tally.localErrors;
  if (size - asked > maxExceptions) return { kind: "none" };
  const except = [...tally.notAsked];
  const add = (endpoint: number) => {
    const { address, port } = end.endpointOf(endpoint);
    except.push(`${address} ${port}`);
  };
  for (const endpoint of end.unsettled) add(endpoint);
  for (let step = order.position; step < order.steps; step++) add(order.at(step));
  for (let step = 0; step < Math.min(from, order.steps); step++) add(order.at(step));
  if (end.shard.count > 1) {
    for (let endpoint = 0; endpoint < size; endpoint++) if (!Number.isInteger(order.stepOf(endpoint))) add(endpoint);
  }
  return { kind: "ranges", ranges, ports, except };
}

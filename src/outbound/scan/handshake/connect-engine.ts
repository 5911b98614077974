import { lookup } from "node:dns/promises";
import type { Clock, Random } from "../../../core/clock.ts";
import { type Log, silentLog } from "../../../core/log.ts";
import { type AddressRange, parseRange } from "../../../core/network.ts";
import { OwnPorts } from "../../../core/own-ports.ts";
import type { ScanEngine, ScanJob, ScanObserver } from "../../../core/scan-engine.ts";
import { stopReason } from "../../../core/stopped.ts";
import type { ConnectPlan } from "../../../core/watch.ts";
import { type InterfaceNetwork, interfaceNetworks } from "../../../platform/interface-networks.ts";
import { systemClock, systemRandom } from "../../../platform/system-clock.ts";
import { joinReasons } from "../command/failure-text.ts";
import { defaultScanLimits, type ScanLimits } from "../schema.ts";
import { describeLeftOut, hostlessAddresses } from "../targets/hostless.ts";
import { type LookupAll, resolveTargets } from "../targets/resolve-targets.ts";
import { defaultScope, type Scope } from "../targets/scope.ts";
import { countAddresses } from "../targets/target-space.ts";
import { untilAborted } from "../until-aborted.ts";
import { isLoopbackOnly, noCaps } from "./caps.ts";
import { ConnectBudget } from "./connect-budget.ts";
import { ConnectScan } from "./connect-scan.ts";
import type { Shard } from "./endpoint-order.ts";
import { freeEntries, type NeighbourTable, neighbourTable } from "./neighbours.ts";
import { maxSpace } from "./permutation.ts";
import type { ConnectScanResult } from "./scan-result.ts";
import { limitYoungGeneration } from "./young-generation.ts";

export interface ConnectEngineOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  readonly limits?: ScanLimits;
  readonly scope?: Scope;
  readonly lookup?: LookupAll;
  /** Shared with other engines and confirmations; by default this engine has a separate one. */
  readonly budget?: ConnectBudget;
  /** How many descriptors the process may have open, and has. */
  readonly descriptors?: () => { readonly limit: number; readonly open: number };
  /** Which addresses are on the own link, and how many entries the neighbour table has. */
  readonly neighbours?: () => NeighbourTable;
  /** The networks of this machine. */
  readonly networks?: () => readonly InterfaceNetwork[];
  /** Fixes the order of a scan; by default each scan has its own. */
  readonly seed?: number | undefined;
  /** Scans one part of each job. */
  readonly shard?: Shard | undefined;
  /** The ports on which this program listens: not probed, and counted as closed. */
  readonly own?: () => OwnPorts;
  /** Resume from this step of an earlier scan with the same seed and shard ({@link ConnectScanResult.resume}). */
  readonly from?: number | undefined;
}

const noOwnPorts = new OwnPorts([], () => false);

/** With more endpoints than this, the memory of a scan matters more than its start. */
const longScan = 65_536n;

/**
 * The built-in scanner: full TCP handshakes by the operating system, without privileges. Takes a plan with targets and
 * ports, passes the open endpoints to the observer, and returns what was covered. All scans of one engine share its sockets and caps.
 */
export class ConnectEngine implements ScanEngine<ConnectPlan> {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  readonly #limits: ScanLimits;
  readonly #scope: Scope;
  readonly #lookup: LookupAll;
  readonly #neighbours: () => NeighbourTable;
  readonly #networks: () => readonly InterfaceNetwork[];
  readonly #options: ConnectEngineOptions;
  readonly #budget: ConnectBudget;

  constructor(options: ConnectEngineOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#log = options.log ?? silentLog;
    this.#limits = options.limits ?? defaultScanLimits;
    this.#scope = options.scope ?? defaultScope;
    this.#lookup = options.lookup ?? ((name) => lookup(name, { all: true }));
    this.#neighbours = options.neighbours ?? neighbourTable;
    this.#networks = options.networks ?? interfaceNetworks;
    const { descriptors } = options;
    this.#budget = options.budget ?? new ConnectBudget({ limits: this.#limits, descriptors });
  }

  async scan(job: ScanJob<ConnectPlan>, observer: ScanObserver, signal: AbortSignal): Promise<ConnectScanResult> {
    const { targets: texts, exclude } = job.plan;
    const outcome = await untilAborted(
      resolveTargets({
        targets: texts,
        exclude,
        scope: this.#scope,
        lookup: this.#lookup,
        hostless: hostlessAddresses(this.#networks()),
        signal,
      }),
      signal,
    );
    if (outcome === undefined) return { ...failed(stopReason(signal)), status: "partial" };
    if (outcome.kind === "bad")
      return failed(outcome.remedy === undefined ? outcome.reason : `${outcome.reason}; ${outcome.remedy}`);
    const { targets } = outcome;
    const ports = [...new Set(job.ports)];
    if (ports.length === 0) return failed("there is nothing to scan: no port is given");
    const endpoints = countAddresses(targets.ranges) * BigInt(ports.length);
    if (endpoints > BigInt(maxSpace))
      return failed(`${endpoints} endpoints are too many to scan; name smaller ranges (a /64 cannot be searched)`);

    const sockets = this.#budget.sockets();
    const neighbours = this.#neighbours();
    this.#budget.neighbourSlots.measure(freeEntries(neighbours));
    const scan = new ConnectScan({
      targets,
      ports,
      seed: this.#options.seed ?? Math.floor(this.#random.next() * 2 ** 48),
      shard: this.#options.shard ?? { index: 0, count: 1 },
      from: this.#options.from ?? 0,
      clock: this.#clock,
      limits: this.#limits,
      sockets,
      caps: isLoopbackOnly(targets.ranges, ownRanges()) ? noCaps : this.#budget.caps,
      neighbours,
      neighbourSlots: this.#budget.neighbourSlots,
      own: this.#options.own?.() ?? noOwnPorts,
      observer,
      signal,
    });
    using _share = this.#budget.join(scan);
    this.#log.debug("connect scan starts", { endpoints: Number(endpoints), sockets });
    using _limited = endpoints > longScan ? limitYoungGeneration() : undefined;
    const startedAt = this.#clock.monotonic();
    const result = withUnresolved(await scan.run(), targets.unresolved);
    this.#log.debug("connect scan ended", {
      status: result.status,
      open: result.counts?.open,
      ms: Math.round(this.#clock.monotonic() - startedAt),
    });
    const leftOut = describeLeftOut(targets.leftOut);
    return leftOut === undefined ? result : { ...result, leftOut };
  }
}

/** A target that did not resolve was not probed. */
function withUnresolved(result: ConnectScanResult, unresolved: readonly string[]): ConnectScanResult {
  if (unresolved.length === 0) return result;
  const reason = joinReasons([...(result.reason === undefined ? [] : [result.reason]), ...unresolved]);
  return { ...result, status: result.status === "complete" ? "partial" : result.status, reason };
}

function failed(reason: string): ConnectScanResult {
  return { status: "failed", engine: "connect", coverage: { kind: "none" }, reason, notes: [] };
}

/** Probes to an own address stay inside this machine, like those to loopback. */
function ownRanges(): readonly AddressRange[] {
  return interfaceNetworks().flatMap(({ address }) => parseRange(address) ?? []);
}

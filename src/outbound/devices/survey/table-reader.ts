import { type Address, familyOf } from "../../../core/address.ts";
import type { NeighbourEntry } from "../../../platform/neighbours/neighbour-entry.ts";
import { neighbourTableEntries } from "../../../platform/neighbours/neighbour-limit.ts";
import type { NeighbourSnapshot, NeighbourTable } from "../../../platform/neighbours/neighbour-table.ts";
import type { SurveyContext } from "./survey-context.ts";
import type { InterfacePlan } from "./survey-plan.ts";

const maxWindow = 256;
/** Maximum number of addresses per host: old privacy addresses stay in the table. */
const maxUnanswered6 = 1024;

/** An entry with the interface of the plan that it belongs to. */
interface PlacedEntry {
  readonly entry: NeighbourEntry;
  readonly plan: InterfacePlan;
}

/**
 * Reads the neighbour table for one survey: entries that were confirmed since it began become findings, and the latest
 * entry of each address is available.
 */
export class TableReader {
  readonly #table: NeighbourTable;
  readonly #plans: readonly InterfacePlan[];
  readonly #context: SurveyContext;
  #entries: ReadonlyMap<Address, NeighbourEntry> = new Map();
  readonly #reachableCounts = new Set<InterfacePlan>();
  source: NeighbourSnapshot["source"];

  constructor(table: NeighbourTable, plans: readonly InterfacePlan[], context: SurveyContext) {
    this.#table = table;
    this.#plans = plans;
    this.#context = context;
  }

  async read(): Promise<void> {
    const snapshot = await this.#table.read(this.#context.signal);
    // Aborted during the read: the earlier content is used.
    if (snapshot.source === undefined && this.#context.signal.aborted) return;
    this.source = snapshot.source;
    const placed = snapshot.entries.flatMap((entry) => this.#placed(entry));
    this.#entries = new Map(placed.map(({ entry }) => [entry.address, entry]));
    for (const { entry, plan } of placed) if (this.#isConfirmed(entry, plan)) this.#add(entry, plan);
  }

  /**
   * Counts a `reachable` entry as present even if it was confirmed before the survey began: the kernel probes it again only after
   * 15 to 45 seconds, and without privileges there is no better source.
   */
  trustReachable(plan: InterfacePlan): void {
    this.#reachableCounts.add(plan);
    for (const entry of this.#entries.values()) {
      for (const placed of this.#placed(entry))
        if (placed.plan === plan && this.#isConfirmed(entry, plan)) this.#add(entry, plan);
    }
  }

  /** IPv6 addresses of the interface that the kernel has an entry for, and that have not answered yet. */
  unanswered6(plan: InterfacePlan): readonly Address[] {
    const entries = [...this.#entries.values()].filter(
      ({ address, mac }) => familyOf(address) === 6 && mac !== undefined && !this.#context.findings.has(address),
    );
    return entries
      .filter((entry) => entry.state !== "static" && this.#placed(entry).some((placed) => placed.plan === plan))
      .map(({ address }) => address)
      .slice(0, maxUnanswered6);
  }

  /** Maximum number of probes in flight on one interface: other programs need a part of the table. */
  fairWindow(): number {
    const share = Math.floor((neighbourTableEntries() * 3) / 8 / this.#plans.length);
    return Math.min(maxWindow, Math.max(1, share));
  }

  entry(address: Address): NeighbourEntry | undefined {
    return this.#entries.get(address);
  }

  /** It was probed and did not answer since the survey began, as far as the system reports it. */
  failedSince(address: Address, time = this.#context.since): boolean {
    const entry = this.#entries.get(address);
    if (entry?.state !== "failed" || entry.updatedMsAgo === undefined) return false;
    return this.#context.clock.now() - entry.updatedMsAgo >= time;
  }

  /** Takes an entry as an answer, where the system does not report when it was confirmed. */
  accept(address: Address): void {
    const entry = this.#entries.get(address);
    const plan = entry === undefined ? undefined : this.#placed(entry)[0]?.plan;
    if (entry !== undefined && plan !== undefined) this.#add(entry, plan);
  }

  #add(entry: NeighbourEntry, plan: InterfacePlan): void {
    const { address, mac, isRouter } = entry;
    if (mac === undefined) return;
    this.#context.findings.add({ address, mac, link: plan.name, ...(isRouter ? { isRouter } : {}) });
  }

  /** Addresses outside of the networks of the interface are routed: a gateway may have answered for them. */
  #placed(entry: NeighbourEntry): readonly PlacedEntry[] {
    const plan = this.#plans.find(({ name, zone, covered4, covered6 }) => {
      if (entry.link !== name && entry.link !== zone && entry.link !== "") return false;
      return (familyOf(entry.address) === 4 ? covered4 : covered6).has(entry.address);
    });
    return plan === undefined || !this.#context.isAllowed(entry.address) ? [] : [{ entry, plan }];
  }

  #isConfirmed(entry: NeighbourEntry, plan: InterfacePlan): boolean {
    if (entry.mac === undefined || entry.state === "static" || entry.state === "failed") return false;
    if (entry.state === "reachable" && this.#reachableCounts.has(plan)) return true;
    if (entry.confirmedMsAgo === undefined) return false;
    return this.#context.clock.now() - entry.confirmedMsAgo >= this.#context.since;
  }
}

import type { Address } from "../../../core/address.ts";
import type { Clock, Random } from "../../../core/clock.ts";
import type { LinkSurvey, LinkSurveyor, SurveyRequest } from "../../../core/link-survey.ts";
import type { Log } from "../../../core/log.ts";
import { mergeRanges } from "../../../core/network.ts";
import { type NeighbourTable, SystemNeighbourTable } from "../../../platform/neighbours/neighbour-table.ts";
import { defaultGateways, onLinkRoutes6, ownIpv6Links, ownLinks, ownMacs } from "../../../platform/own-links.ts";
import { Findings } from "./findings.ts";
import { pingAllNodes } from "./ping-all-nodes.ts";
import { probeByArp } from "./probe-by-arp.ts";
import { probeByDatagrams } from "./probe-by-datagrams.ts";
import { probeByNdp } from "./probe-by-ndp.ts";
import { openRawLink } from "./raw-link.ts";
import type { SurveyContext } from "./survey-context.ts";
import { type InterfacePlan, planSurvey, single } from "./survey-plan.ts";
import { TableReader } from "./table-reader.ts";

export interface SystemLinkSurveyorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** `auto`: ARP requests and neighbour solicitations where the privileges allow it. Default: `auto`. */
  readonly arp?: "auto" | false;
  /** Probes per second on one interface. Default: 1000. */
  readonly perSecond?: number;
  /** Maximum number of addresses in one survey. Default: 65,536. */
  readonly maxAddresses?: number;
  /** Maximum time of one survey. Default: three minutes. */
  readonly maxMs?: number;
  /** Reads the neighbour table. Default: that of this system. */
  readonly table?: NeighbourTable;
}

const defaults = { perSecond: 1000, maxAddresses: 65_536, maxMs: 180_000 } as const;

/**
 * Finds the devices on this machine's own networks. It reads the kernel's neighbour table, and probes addresses that are not
 * confirmed there: with CAP_NET_RAW by ARP and neighbour discovery, otherwise by datagrams, for which the kernel resolves the
 * addresses.
 */
export class SystemLinkSurveyor implements LinkSurveyor {
  readonly #options: SystemLinkSurveyorOptions;
  readonly #table: NeighbourTable;

  constructor(options: SystemLinkSurveyorOptions) {
    this.#options = options;
    this.#table = options.table ?? new SystemNeighbourTable(options.clock);
  }

  async survey(request: SurveyRequest, signal: AbortSignal): Promise<LinkSurvey> {
    const { clock, log, random, maxAddresses = defaults.maxAddresses, maxMs = defaults.maxMs } = this.#options;
    const plan = planSurvey(request, {
      links4: ownLinks(),
      links6: ownIpv6Links(),
      routes6: onLinkRoutes6(),
      maxAddresses,
    });
    const findings = new Findings({ own: ownMacs(), gateways: defaultGateways() });
    const timeUp = new AbortController();
    const finished = new AbortController();
    const timer = clock.sleep(maxMs, finished.signal).then(() => timeUp.abort());
    const context: SurveyContext = {
      clock,
      random,
      findings,
      isAllowed: request.isAllowed,
      since: request.since,
      perSecond: this.#options.perSecond ?? defaults.perSecond,
      signal: AbortSignal.any([signal, timeUp.signal]),
    };
    try {
      const reader = new TableReader(this.#table, plan.interfaces, context);
      await reader.read();
      const answers = await Promise.all(plan.interfaces.map((each) => this.#probe(each, reader, context)));
      await reader.read();
      const lost = linksLost(plan.interfaces);
      const probed = [
        ...answers.filter(({ link }) => !lost.includes(link)).flatMap((answer) => answer.probed),
        ...findings.neighbours().map((each) => each.address),
      ].filter((address) => findings.silenceCounts(address));
      const isTimeUp = timeUp.signal.aborted && !signal.aborted;
      const notes = [
        ...new Set(answers.flatMap((answer) => answer.notes)),
        ...lost.map((link) => `${link} went down during the survey: its addresses count as not probed`),
        ...(reader.source === undefined && plan.interfaces.length > 0 ? ["the neighbour table cannot be read"] : []),
        ...(plan.leftOut > 0n
          ? [`${plan.leftOut} addresses were not probed: the limit of a survey is ${maxAddresses}`]
          : []),
        ...(isTimeUp ? [`the survey ended after ${maxMs / 1000} s, before every address was probed`] : []),
        ...findings.notes(),
      ];
      log.debug("surveyed the own networks", { probed: probed.length, source: reader.source });
      return { present: findings.neighbours(), probed: mergeRanges(probed.map(single)), notes };
    } finally {
      finished.abort();
      await timer;
    }
  }

  async #probe(planned: InterfacePlan, reader: TableReader, context: SurveyContext): Promise<Answers> {
    const refusals = new Set<string>();
    // Addresses that the kernel knows are probed one by one, which finds hosts that do not answer echo requests.
    const targets6 = [...new Set([...planned.targets6, ...reader.unanswered6(planned)])];
    const plan = { ...planned, targets6 };
    const parts = await Promise.all([
      this.#probeRaw("arp", plan, context, refusals),
      this.#probeRaw("ipv6", plan, context, refusals),
    ]);
    const probed = parts.flatMap((part) => part ?? []);
    const pinged = parts[1] === undefined ? await pingAllNodes(plan, context) : [];
    if (parts.includes(undefined)) reader.trustReachable(planned);
    const targets = [
      ...(parts[0] === undefined ? plan.targets4.map(({ target }) => target) : []),
      ...(parts[1] === undefined ? new Set([...plan.targets6, ...pinged]) : []),
    ];
    // Addresses that the scan has just probed have a result in the table already.
    const settled = targets.filter((target) => context.findings.has(target) || reader.failedSince(target));
    const known = new Set(settled);
    const rest = targets.filter((target) => !known.has(target));
    const resolved = await probeByDatagrams(rest, reader, { ...context, window: reader.fairWindow() });
    return { link: plan.name, probed: [...probed, ...settled, ...resolved], notes: [...refusals] };
  }

  /** @returns what was probed; `undefined` where it is not possible, with the reason in `refusals` */
  async #probeRaw(
    kind: "arp" | "ipv6",
    plan: InterfacePlan,
    context: SurveyContext,
    refusals: Set<string>,
  ): Promise<readonly Address[] | undefined> {
    if (this.#options.arp === false) return undefined;
    if (kind === "arp" ? plan.targets4.length === 0 : plan.own6.length === 0) return [];
    const opened = await openRawLink(plan.name, kind);
    if (opened.kind === "refused") {
      refusals.add(refusalNote(opened.reason));
      return undefined;
    }
    using raw = opened.link;
    return await (kind === "arp" ? probeByArp(raw, plan, context) : probeByNdp(raw, plan, context));
  }
}

interface Answers {
  /** Name of the interface. */
  readonly link: string;
  readonly probed: readonly Address[];
  readonly notes: readonly string[];
}

/** Interfaces that went down: without a link every device is silent. */
function linksLost(plans: readonly InterfacePlan[]): readonly string[] {
  const up = new Set([...ownLinks(), ...ownIpv6Links()].map(({ name }) => name));
  return plans.map(({ name }) => name).filter((name) => !up.has(name));
}

function refusalNote(reason: string): string {
  const isPermission = reason === "EPERM" || reason === "EACCES";
  const why = isPermission
    ? "no permission to send ARP requests (CAP_NET_RAW)"
    : `cannot send ARP requests (${reason})`;
  return `${why}: the kernel's neighbour table was read`;
}

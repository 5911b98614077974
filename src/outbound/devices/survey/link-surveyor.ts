import type { Address } from "../../../core/address.ts";
import type { Clock, Random } from "../../../core/clock.ts";
import type { LinkSurvey, LinkSurveyor, SurveyRequest } from "../../../core/link-survey.ts";
import type { Log } from "../../../core/log.ts";
import { mergeRanges } from "../../../core/network.ts";
import { type NeighbourTable, SystemNeighbourTable } from "../../../platform/neighbours/neighbour-table.ts";
import { defaultGateways, onLinkRoutes6, ownIpv6Links, ownLinks, ownMacs } from "../../../platform/own-links.ts";
import { askByArp } from "./ask-by-arp.ts";
import { askByDatagrams } from "./ask-by-datagrams.ts";
import { askByDiscovery } from "./ask-by-discovery.ts";
import { callByPing } from "./call-by-ping.ts";
import { Findings } from "./findings.ts";
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
      const answers = await Promise.all(plan.interfaces.map((each) => this.#ask(each, reader, context)));
      await reader.read();
      const lost = linksLost(plan.interfaces);
      const asked = [
        ...answers.filter(({ link }) => !lost.includes(link)).flatMap((answer) => answer.asked),
        ...findings.neighbours().map((each) => each.address),
      ].filter((address) => findings.silenceCounts(address));
      const isTimeUp = timeUp.signal.aborted && !signal.aborted;
      const notes = [
        ...new Set(answers.flatMap((answer) => answer.notes)),
        ...lost.map((link) => `${link} went down during the survey: silence on it means nothing`),
        ...(reader.source === undefined && plan.interfaces.length > 0 ? ["the neighbour table cannot be read"] : []),
        ...(plan.leftOut > 0n
          ? [`${plan.leftOut} addresses were not probed: the limit of a survey is ${maxAddresses}`]
          : []),
        ...(isTimeUp ? [`the survey ended after ${maxMs / 1000} s, before every address was probed`] : []),
        ...findings.notes(),
      ];
      log.debug("surveyed the own networks", { probed: asked.length, source: reader.source });
      return { present: findings.neighbours(), asked: mergeRanges(asked.map(single)), notes };
    } finally {
      finished.abort();
      await timer;
    }
  }

  async #ask(planned: InterfacePlan, reader: TableReader, context: SurveyContext): Promise<Answers> {
    const refusals = new Set<string>();
    // Addresses that the kernel knows are probed one by one, which finds hosts that do not answer echo requests.
    const questions6 = [...new Set([...planned.questions6, ...reader.unanswered6(planned)])];
    const plan = { ...planned, questions6 };
    const parts = await Promise.all([
      this.#askRaw("arp", plan, context, refusals),
      this.#askRaw("ipv6", plan, context, refusals),
    ]);
    const asked = parts.flatMap((part) => part ?? []);
    const called = parts[1] === undefined ? await callByPing(plan, context) : [];
    if (parts.includes(undefined)) reader.trustReachable(planned);
    const questions = [
      ...(parts[0] === undefined ? plan.questions4.map(({ target }) => target) : []),
      ...(parts[1] === undefined ? new Set([...plan.questions6, ...called]) : []),
    ];
    // Addresses that the scan has just probed have a result in the table already.
    const settled = questions.filter((target) => context.findings.has(target) || reader.failedSince(target));
    const known = new Set(settled);
    const rest = questions.filter((target) => !known.has(target));
    const heard = await askByDatagrams(rest, reader, { ...context, window: reader.fairWindow() });
    return { link: plan.name, asked: [...asked, ...settled, ...heard], notes: [...refusals] };
  }

  /** @returns what was probed; `undefined` where it is not possible, with the reason in `refusals` */
  async #askRaw(
    kind: "arp" | "ipv6",
    plan: InterfacePlan,
    context: SurveyContext,
    refusals: Set<string>,
  ): Promise<readonly Address[] | undefined> {
    if (this.#options.arp === false) return undefined;
    if (kind === "arp" ? plan.questions4.length === 0 : plan.own6.length === 0) return [];
    const opened = await openRawLink(plan.name, kind);
    if (opened.kind === "refused") {
      refusals.add(refusalNote(opened.reason));
      return undefined;
    }
    using raw = opened.link;
    return await (kind === "arp" ? askByArp(raw, plan, context) : askByDiscovery(raw, plan, context));
  }
}

interface Answers {
  /** Name of the interface. */
  readonly link: string;
  readonly asked: readonly Address[];
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

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
  /** `auto`: ARP and neighbour discovery of our own where the privileges allow it. Default `auto`. */
  readonly arp?: "auto" | false;
  /** Questions a second on one interface. Default 1000. */
  readonly perSecond?: number;
  /** Addresses asked in one survey, at most. Default 65,536. */
  readonly maxAddresses?: number;
  /** How long one survey may take. Default three minutes. */
  readonly maxMs?: number;
  /** Where the neighbour table is read. Default: that of this system. */
  readonly table?: NeighbourTable;
}

const defaults = { perSecond: 1000, maxAddresses: 65_536, maxMs: 180_000 } as const;

/**
 * Finds out who is on the networks that this machine is on. It reads the kernel's neighbour table, and asks who is not
 * confirmed there: with CAP_NET_RAW by ARP and neighbour discovery of its own, else by datagrams for whose sake the
 * kernel asks.
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
          ? [`${plan.leftOut} addresses were not asked: a survey asks ${maxAddresses} at most`]
          : []),
        ...(isTimeUp ? [`the survey ended after ${maxMs / 1000} s, before every address was asked`] : []),
        ...findings.notes(),
      ];
      log.debug("looked for neighbours", { asked: asked.length, source: reader.source });
      return { present: findings.neighbours(), asked: mergeRanges(asked.map(single)), notes };
    } finally {
      finished.abort();
      await timer;
    }
  }

  async #ask(planned: InterfacePlan, reader: TableReader, context: SurveyContext): Promise<Answers> {
    const refusals = new Set<string>();
    // Whom the kernel knows can be asked by address, which finds hosts that answer no echo request.
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
    // What a scan has just asked, and the kernel has an answer or none for, needs no second question.
    const settled = questions.filter((target) => context.findings.has(target) || reader.failedSince(target));
    const known = new Set(settled);
    const rest = questions.filter((target) => !known.has(target));
    const heard = await askByDatagrams(rest, reader, { ...context, window: reader.fairWindow() });
    return { link: plan.name, asked: [...asked, ...settled, ...heard], notes: [...refusals] };
  }

  /** @returns what was asked; `undefined` where it is not possible, with the reason in `refusals` */
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

/** Interfaces that are gone: a cable that was pulled from this machine makes everybody silent. */
function linksLost(plans: readonly InterfacePlan[]): readonly string[] {
  const up = new Set([...ownLinks(), ...ownIpv6Links()].map(({ name }) => name));
  return plans.map(({ name }) => name).filter((name) => !up.has(name));
}

function refusalNote(reason: string): string {
  const isPermission = reason === "EPERM" || reason === "EACCES";
  const why = isPermission ? "no permission for ARP of our own (CAP_NET_RAW)" : `no ARP of our own (${reason})`;
  return `${why}: the kernel's neighbour table was read`;
}

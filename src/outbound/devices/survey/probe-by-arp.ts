import type { Address } from "../../../core/address.ts";
import type { Mac } from "../../../core/device.ts";
import { arpRequest, parseArp } from "../../../wire/arp/parse.ts";
import type { RawLink } from "./raw-link.ts";
import type { SurveyContext } from "./survey-context.ts";
import type { InterfacePlan, Target4 } from "./survey-plan.ts";
import { sweep } from "./sweep.ts";

const broadcast = "ff:ff:ff:ff:ff:ff" as Mac;
const rounds = 2;
/** Sleeping phones receive broadcasts only a few times a second. */
const waitMs = 700;

/**
 * Sends an ARP request for each address of the plan. Answers count only for these addresses, and only where they
 * are sent to this machine.
 * @returns the addresses that were probed
 */
export async function probeByArp(
  raw: RawLink,
  plan: InterfacePlan,
  context: SurveyContext,
): Promise<readonly Address[]> {
  const { findings } = context;
  const senders = new Set(plan.targets4.map(({ link }) => link.address));
  const targets = new Set(plan.targets4.map(({ target }) => target));
  const answered = new Set<Address>();
  raw.receive((packet) => {
    const reply = parseArp(packet);
    if (reply?.operation !== "reply" || !senders.has(reply.targetAddress) || !targets.has(reply.senderAddress)) return;
    if (findings.add({ address: reply.senderAddress, mac: reply.senderMac, link: plan.name }))
      answered.add(reply.senderAddress);
  });
  const common = {
    send: ({ link, target }: Target4) => raw.send(arpRequest(link, target), broadcast),
    hasAnswered: ({ target }: Target4) => answered.has(target),
    perSecond: context.perSecond,
    rounds,
    waitMs,
    clock: context.clock,
    signal: context.signal,
  };
  const probed = await sweep({ ...common, targets: plan.targets4 });
  // Known devices are probed again before they are missed.
  const missed = probed.filter(({ target, isKnown }) => isKnown && !answered.has(target));
  if (missed.length > 0) await sweep({ ...common, targets: missed });
  return probed.map(({ target }) => target);
}

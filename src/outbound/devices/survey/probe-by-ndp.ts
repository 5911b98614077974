import { type Address, addressToBigInt } from "../../../core/address.ts";
import type { Mac } from "../../../core/device.ts";
import { AddressSet } from "../../../core/network.ts";
import { zoned } from "../../../platform/neighbours/zoned.ts";
import {
  echoRequestToAll,
  type Icmp6Packet,
  type Icmp6Sender,
  neighbourSolicitation,
} from "../../../wire/ndp/encode.ts";
import { parseIcmp6Answer } from "../../../wire/ndp/parse.ts";
import type { RawLink } from "./raw-link.ts";
import type { SurveyContext } from "./survey-context.ts";
import type { InterfacePlan } from "./survey-plan.ts";
import { sweep } from "./sweep.ts";

const rounds = 2;
const waitMs = 700;
/** Hosts answer from an address of the same scope as the source: each of ours finds other addresses of theirs. */
const maxEchoSenders = 4;

interface Probe6 {
  readonly packet: Icmp6Packet;
  /** Absent: the probe goes to all hosts, and is repeated in each round. */
  readonly target?: Address;
}

/**
 * Probes known IPv6 addresses by neighbour solicitation, and all hosts on the link by an echo request to ff02::1. No network
 * is swept: a /64 is too large. Answers count only from addresses of the interface's own networks.
 * @returns the known addresses that were probed
 */
export async function probeByNdp(
  raw: RawLink,
  plan: InterfacePlan,
  context: SurveyContext,
): Promise<readonly Address[]> {
  const senders = sendersOf(plan);
  const [first] = senders;
  if (first === undefined) return [];
  const identifier = Math.floor(context.random.next() * 0x1_0000);
  const answered = new Set<Address>();
  const own = new Set(senders.map(({ address }) => addressToBigInt(address)));
  const take = (plainAddress: Address, mac: Mac, isRouter: boolean) => {
    const address = zoned(plainAddress, plan.zone);
    if (!plan.covered6.has(address) || own.has(addressToBigInt(address)) || !context.isAllowed(address)) return;
    const neighbour = { address, mac, link: plan.name, ...(isRouter ? { isRouter } : {}) };
    if (context.findings.add(neighbour)) answered.add(address);
  };
  raw.receive((packet, from) => {
    const answer = parseIcmp6Answer(packet);
    if (answer === undefined || !own.has(addressToBigInt(answer.destination))) return;
    if (answer.kind === "advertisement") take(answer.target, answer.targetMac ?? from, answer.isRouter);
    else if (answer.identifier === identifier) take(answer.source, from, false);
  });
  const probes: Probe6[] = [
    ...senders.slice(0, maxEchoSenders).map((sender) => ({ packet: echoRequestToAll(sender, identifier) })),
    ...plan.targets6.map((target) => ({
      packet: neighbourSolicitation(senderFor(target, plan, first), target),
      target,
    })),
  ];
  const probed = await sweep({
    targets: probes,
    send: ({ packet }) => raw.send(packet.bytes, packet.destination),
    hasAnswered: ({ target }) => target !== undefined && answered.has(target),
    perSecond: context.perSecond,
    rounds,
    waitMs,
    clock: context.clock,
    signal: context.signal,
  });
  return probed.flatMap(({ target }) => target ?? []);
}

/** Link-local ones first: every host has a link-local address. */
function sendersOf(plan: InterfacePlan): readonly Icmp6Sender[] {
  return [...plan.own6].sort((a, b) => Number(b.address.includes("%")) - Number(a.address.includes("%")));
}

/** This machine's address in the same network, as hosts expect, where it has one. */
function senderFor(target: Address, plan: InterfacePlan, fallback: Icmp6Sender): Icmp6Sender {
  const near = plan.own6.find(({ range }) => range.first !== range.last && new AddressSet([range]).has(target));
  return near ?? fallback;
}

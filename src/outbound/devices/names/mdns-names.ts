import { type Address, familyOf, parseAddress } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import type { Neighbour } from "../../../core/device.ts";
import type { Link } from "../../../core/link-survey.ts";
import { reverseNameOf } from "../../../core/reverse-name.ts";
import { mdnsQuestion, parseMdnsAnswer } from "../../../wire/mdns/parse.ts";
import { kindsOfServices, MdnsFindings, type MdnsQuestion } from "./mdns-findings.ts";
import type { AddressNames } from "./name-source.ts";
import { paced, QuerySocket } from "./query-socket.ts";

export interface MdnsNamesOptions {
  readonly clock: Clock;
  readonly perSecond: number;
  /** How long to wait for answers after each round of questions. */
  readonly waitMs: number;
  /** The own networks, IPv4 and IPv6, to which multicast is sent. */
  readonly links: () => readonly Link[];
}

const mdnsPort = 5353;
const groups = { 4: "224.0.0.251", 6: "ff02::fb" } as const;
/** Maximum number of multicast questions: multicast wakes every host, and takes much air time on Wi-Fi. */
const maxMulticastQuestions = 256;
/** Types of services, services, hosts, addresses. */
const maxRounds = 3;
/** Maximum number of interfaces. */
const maxLinks = 32;

interface Outlet {
  readonly socket: QuerySocket;
  readonly group: string;
  readonly link: Link;
}

/**
 * Queries multicast DNS (RFC 6762): first each host directly for the name of its address, then by multicast for the addresses
 * whose hosts did not answer, and for services, because these contain host names, too.
 */
export class MdnsNames implements AddressNames {
  readonly #options: MdnsNamesOptions;

  constructor(options: MdnsNamesOptions) {
    this.#options = options;
  }

  async namesOf(neighbours: readonly Neighbour[], signal: AbortSignal): Promise<ReadonlyMap<Address, string>> {
    const findings = new MdnsFindings(neighbours);
    await using sockets = new AsyncDisposableStack();
    const outlets = await this.#open(neighbours, findings, sockets);
    if (outlets.length === 0) return findings.names();
    const { clock, waitMs } = this.#options;
    const query = (outlet: Outlet, { name, type }: MdnsQuestion, to: string) => {
      // The identifier is zero in multicast DNS (RFC 6762 section 18.1).
      const question = mdnsQuestion(name, type, 0);
      if (question !== undefined) outlet.socket.send(question, mdnsPort, to);
    };
    const pace = { clock, perSecond: this.#options.perSecond, signal };
    for (const outlet of outlets) query(outlet, { name: kindsOfServices, type: "PTR" }, outlet.group);
    await paced(neighbours, pace, ({ address, link }) => {
      const outlet = outlets.find((each) => each.link.name === link && each.link.range.family === familyOf(address));
      if (outlet !== undefined) query(outlet, reverseQuestion(address), address);
    });
    await clock.sleep(waitMs, signal);
    let reverse = findings.unnamed().slice(0, maxMulticastQuestions).map(reverseQuestion);
    for (let round = 0; round < maxRounds && findings.unnamed().length > 0 && !signal.aborted; round++) {
      const questions = [...findings.takeFollowing(), ...reverse];
      if (questions.length === 0) break;
      await paced(questions, pace, (question) => {
        for (const outlet of outlets) query(outlet, question, outlet.group);
      });
      await clock.sleep(waitMs, signal);
      reverse = [];
    }
    return findings.names();
  }

  /** One socket for each family on each interface that the neighbours are on. */
  async #open(neighbours: readonly Neighbour[], findings: MdnsFindings, sockets: AsyncDisposableStack) {
    const wanted = new Set(neighbours.map(({ link }) => link));
    const links = new Map<string, Link>();
    for (const link of this.#options.links()) {
      const isUsable = link.range.family === 4 || link.address.includes("%");
      const key = `${link.name} ${link.range.family}`;
      if (wanted.has(link.name) && isUsable && !links.has(key)) links.set(key, link);
    }
    const outlets: Outlet[] = [];
    for (const link of [...links.values()].slice(0, maxLinks)) {
      const { family } = link.range;
      const zone = link.address.split("%", 2)[1] ?? link.name;
      const socket = await QuerySocket.open({
        family,
        from: link.address,
        multicastInterface: family === 4 ? link.address : `::%${zone}`,
        receive: (bytes, from) => {
          const source = parseAddress(from.address);
          const answer = from.port === mdnsPort ? parseMdnsAnswer(bytes) : undefined;
          if (source !== undefined && answer !== undefined) findings.add(answer, source);
        },
      });
      if (socket === undefined) continue;
      sockets.use(socket);
      outlets.push({ socket, group: family === 4 ? groups[4] : `${groups[6]}%${zone}`, link });
    }
    return outlets;
  }
}

function reverseQuestion(address: Address): MdnsQuestion {
  return { name: reverseNameOf(address), type: "PTR" };
}

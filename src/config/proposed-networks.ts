import { parseRange, rangeSize } from "../core/network.ts";
import { defaultScope, outOfScope } from "../outbound/scan/targets/scope.ts";
import type { LocalNetwork } from "./local-networks.ts";

/** A network for the first configuration. */
export interface ProposedNetwork {
  /** `192.168.1.0/24`, an address or a range. */
  readonly cidr: string;
  /** One line: where it was found. */
  readonly comment?: string;
  /** Some of its addresses are neither private nor of this machine or link: it has to be allowed. */
  readonly isPublic: boolean;
}

/** A network that this machine is in. */
export function proposalOf({ cidr, interfaceName, virtual, partOf }: LocalNetwork): ProposedNetwork {
  const inside = virtual ? " (inside this machine)" : "";
  const part =
    partOf === undefined ? "" : `; part of ${partOf}, which is too large to propose: a look at all of it takes long`;
  return { cidr, comment: `${plainName(interfaceName)}${inside}${part}`, isPublic: false };
}

/** A network, address or range that somebody named; `undefined` where it is none. */
export function namedNetwork(text: string): ProposedNetwork | undefined {
  const range = parseRange(text.trim());
  if (range === undefined) return undefined;
  return { cidr: text.trim(), isPublic: outOfScope([range], defaultScope).length > 0 };
}

/** How many addresses it has. */
export function sizeOf(cidr: string): number {
  const range = parseRange(cidr);
  return range === undefined ? 0 : Number(rangeSize(range));
}

/** Interface names are the system's, on some systems with anything in them; here they stand in a comment. */
function plainName(name: string): string {
  return name.replace(/[^\p{L}\p{N} ._:()-]/gu, "").slice(0, 40);
}

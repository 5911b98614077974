import { type AddressRange, rangeSize } from "../core/network.ts";
import { defaultScope, outOfScope } from "../outbound/scan/targets/scope.ts";
import { parseTarget } from "../outbound/scan/targets/target-syntax.ts";
import type { LocalNetwork } from "./local-networks.ts";

/** A network for the first configuration. */
export interface ProposedNetwork {
  /** `192.168.1.0/24`, an address or a range. */
  readonly cidr: string;
  /** One line: where it was found. */
  readonly comment?: string;
  /** Some of its addresses are neither private, loopback nor link-local: it must be in `scope.allow`. */
  readonly isPublic: boolean;
}

/** Describes a network of this machine. */
export function proposalOf({ cidr, interfaceName, kind, partOf }: LocalNetwork): ProposedNetwork {
  const part =
    partOf === undefined ? "" : `; part of ${partOf}, which is too large to propose: scanning all of it takes long`;
  return { cidr, comment: `${plainName(interfaceName)}${kindNotes[kind]}${part}`, isPublic: false };
}

const kindNotes = { lan: "", inside: " (inside this machine)", tunnel: " (tunnel)" } as const;

/** Parses a network, address (with its zone, if link-local) or range given by the user; `undefined` if it is invalid. */
export function namedNetwork(text: string): ProposedNetwork | undefined {
  const range = rangeOf(text);
  if (range === undefined) return undefined;
  return { cidr: text.trim(), isPublic: outOfScope([range], defaultScope).length > 0 };
}

/** Number of addresses. */
export function sizeOf(cidr: string): number {
  const range = rangeOf(cidr);
  return range === undefined ? 0 : Number(rangeSize(range));
}

function rangeOf(text: string): AddressRange | undefined {
  const target = parseTarget(text);
  return target.kind === "range" ? target.range : undefined;
}

/** Makes an interface name safe for a comment: some systems allow any character. */
export function plainName(name: string): string {
  return name.replace(/[^\p{L}\p{N} ._:()-]/gu, "").slice(0, 40);
}

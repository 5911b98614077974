import { addressToBigInt, familyOf } from "../../core/address.ts";
import type { MuteTarget } from "../../core/mute.ts";
import { formatRange } from "../../core/network.ts";
import type { Muted } from "./muted-text.ts";

type Source = Extract<MuteTarget, { readonly kind: "source" }>;

/** An address, a network (`192.0.2.0/24`) or a range, as `parseRange` reads it. */
export function sourceText({ first, last }: Source): string {
  if (first === last) return first;
  const family = familyOf(first);
  const [from, to] = [addressToBigInt(first), addressToBigInt(last)];
  const size = to - from + 1n;
  const hostBits = size.toString(2).length - 1;
  const isNetwork = (size & (size - 1n)) === 0n && from % size === 0n;
  return isNetwork
    ? `${first}/${(family === 4 ? 32 : 128) - hostBits}`
    : formatRange({ family, first: from, last: to });
}

export function mutedOf(target: MuteTarget): Muted {
  if (target.kind !== "source") return target;
  return { kind: "source", source: sourceText(target) };
}

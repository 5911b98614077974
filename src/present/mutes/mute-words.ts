import { addressToBigInt, familyOf } from "../../core/address.ts";
import type { MuteTarget } from "../../core/mute.ts";
import { formatRange } from "../../core/network.ts";

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

/** What a mute silences: `host 192.0.2.1, port 443`, `device 00:11:32:00:00:10`, `connections from 203.0.113.0/24`. */
export function mutedText(target: MuteTarget): string {
  switch (target.kind) {
    case "host":
      return `host ${target.address}${target.port === undefined ? "" : `, port ${target.port}`}`;
    case "device":
      return `device ${target.mac}`;
    case "source":
      return `connections from ${sourceText(target)}`;
  }
}

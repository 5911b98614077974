import { type Address, parseAddress } from "../../../core/address.ts";
import { parseRange } from "../../../core/network.ts";

/** The longest text that {@link parseAddress} takes. */
const maxAddressLength = 80;
const maxIpv4Length = 15;

/**
 * Finds every address in free text: `Nmap scan report for web (10.0.0.1)`, `10.0.0.1:22`, `[::1]:80`,
 * `inet6 addr:fe80::1/64`, `ip=10.0.0.1,10.0.0.2`. In order of appearance, repetitions included.
 *
 * Not an address of a host are:
 * - a network, `10.0.0.0/24` (an address with its mask, `10.0.0.7/24`, is one, and so is `10.0.0.1/32`);
 * - parts of something longer: `1.2.3.4.5`, `v1.2.3.4`, `1.0.0.127.in-addr.arpa`;
 * - numbers with leading zeros, which tools read differently;
 * - `0.0.0.0` and `::`;
 * - what looks like IPv6 by accident: `std::string`, `Cafe::add`, times, MAC addresses, EUI-64 identifiers.
 *
 * One pass; the work is linear in the length of `text`, whatever it holds.
 */
export function* extractAddresses(text: string): Generator<Address, void, undefined> {
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x1b) {
      at = endOfEscape(text, at);
      continue;
    }
    if (code === 0x5c) {
      at = endOfBackslash(text, at);
      continue;
    }
    if (!isTokenCode(code)) {
      at += 1;
      continue;
    }
    const start = at;
    let dots = 0;
    let colons = 0;
    for (; at < text.length; at++) {
      const next = text.charCodeAt(at);
      if (!isTokenCode(next)) break;
      if (next === 0x2e) dots += 1;
      else if (next === 0x3a) colons += 1;
    }
    if (colons >= 2 && at - start >= 3) yield* fromColons(text, start, at);
    else if (dots >= 3) yield* fromPieces(text, start, at);
  }
}

/** The end of the terminal control sequence (ECMA-48 section 5.4) that starts at `at`: the letter at the end of a colour code would join the number after it. */
function endOfEscape(text: string, at: number): number {
  if (text.charCodeAt(at + 1) !== 0x5b) return at + 1;
  let end = at + 2;
  while (end < text.length && text.charCodeAt(end) >= 0x20 && text.charCodeAt(end) <= 0x3f) end += 1;
  return end + 1;
}

/** Behind the escape of JSON (RFC 8259 section 7) that starts at `at`: the `n` of `\\n10.0.0.1` is no letter before a number. */
function endOfBackslash(text: string, at: number): number {
  const letter = text[at + 1];
  if (letter === "n" || letter === "r" || letter === "t") return at + 2;
  return /^\\u[0-9a-f]{4}/i.test(text.slice(at, at + 6)) ? at + 6 : at + 1;
}

/** Letters, digits, `_`, `.`, `:` and the `%` of a zone. */
function isTokenCode(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x3a) ||
    code === 0x2e ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x5f ||
    code === 0x25
  );
}

/** A token with two colons or more: an IPv6 address, one behind a label (`addr:fe80::1`), or IPv4 addresses and ports. */
function* fromColons(text: string, start: number, end: number): Generator<Address, void, undefined> {
  let last = end;
  while (last > start && text.charCodeAt(last - 1) === 0x2e) last -= 1;
  // The colon of `fe80::1: open` is not part of it; that of `fe80::` is.
  if (text.charCodeAt(last - 1) === 0x3a && text.charCodeAt(last - 2) !== 0x3a) last -= 1;
  if (last - start <= maxAddressLength) {
    const token = text.slice(start, last);
    // A zone such as `br-lan` is longer than the token: a part of a zone is worse than none.
    const whole = text.charCodeAt(end) === 0x2d ? withoutZone(token) : token;
    const found = ipv6(whole) ?? ipv6(withoutLabel(whole));
    if (found !== undefined) {
      if (!isNetwork(text, last, end, found)) yield found;
      return;
    }
  }
  yield* fromPieces(text, start, end);
}

function ipv6(token: string): Address | undefined {
  if (!token.includes(":") || !looksMeant(token)) return undefined;
  const address = parseAddress(token) ?? parseAddress(withoutZone(token));
  return address === "::" ? undefined : address;
}

/**
 * Not all valid text is meant as an address: `a::b` is valid. A real address has a digit or three groups and more, and is no EUI-64
 * (eight groups of two digits).
 */
function looksMeant(token: string): boolean {
  const groups = token.split(":");
  if (groups.length === 8 && groups.every((group) => group.length === 2)) return false;
  return /\d/.test(withoutZone(token)) || groups.filter((group) => group !== "").length >= 3;
}

/** A zone with a character that `parseAddress` refuses. */
function withoutZone(token: string): string {
  const zone = token.indexOf("%");
  return zone < 0 ? token : token.slice(0, zone);
}

/** `addr:fe80::1` to `fe80::1`: a word that cannot be a group, and a single colon. `std::1` is unchanged. */
function withoutLabel(token: string): string {
  const match = /^[0-9a-f.]*[g-z_][0-9a-z_.]*:(?=[0-9a-f]|::)(?!:[^:])/i.exec(token);
  return match === null ? "" : token.slice(match[0].length);
}

function* fromPieces(text: string, start: number, end: number): Generator<Address, void, undefined> {
  let pieceStart = start;
  for (let at = start; at <= end; at++) {
    if (at < end && text.charCodeAt(at) !== 0x3a) continue;
    const found = ipv4(text, pieceStart, at);
    if (found !== undefined && !isNetwork(text, at, at, found)) yield found;
    pieceStart = at + 1;
  }
}

function ipv4(text: string, start: number, end: number): Address | undefined {
  // Full stops at the end of a sentence, or an ellipsis before it.
  while (start < end && text.charCodeAt(start) === 0x2e) start += 1;
  while (end > start && text.charCodeAt(end - 1) === 0x2e) end -= 1;
  const zone = text.slice(start, Math.min(end, start + maxIpv4Length + 1)).indexOf("%");
  if (zone >= 0) end = start + zone;
  if (end - start < 7 || end - start > maxIpv4Length) return undefined;
  const address = parseAddress(text.slice(start, end));
  return address === "0.0.0.0" ? undefined : address;
}

/** Whether `address`, which ends at `end`, is followed by the rest of a network: a prefix length, and host bits of zero. */
function isNetwork(text: string, end: number, tokenEnd: number, address: Address): boolean {
  if (end !== tokenEnd) return false;
  // JSON may write a slash with a backslash before it.
  const prefix = /^\\?\/(\d{1,3})(?!\w|[.:]\w)/.exec(text.slice(end, end + 7))?.[1];
  if (prefix === undefined) return false;
  const plain = withoutZone(address);
  const range = parseRange(`${plain}/${prefix}`);
  return range !== undefined && range.first !== range.last && parseRange(plain)?.first === range.first;
}

import { type Address, hostLiteral } from "../../core/address.ts";
import type { Endpoint, Origin } from "../../core/connection.ts";
import { safeText } from "../../core/safe-text.ts";

/** What stands where nothing is known. */
export const unknown = "-";

const longestFact = 300;

/** A fact on one line, safe to show, or `-`. */
export function shown(text: string | undefined, limit = longestFact): string {
  const safe = text === undefined ? "" : safeText(text, { limit }).trim();
  return safe === "" ? unknown : safe;
}

/** `SE Linköping 89.160.20.112`: the country's code, the city, else the region, else the country, and the address. */
export function placeAndAddress(origin: Origin, address: Address): string {
  const place = [origin.city, origin.region, origin.country].find((name) => shown(name) !== unknown);
  return [origin.countryCode, place, address]
    .map((part) => shown(part, 80))
    .filter((part) => part !== unknown)
    .join(" ");
}

/** `DE / Germany`: what is known of it, or `-`. */
export function joined(...parts: readonly (string | undefined)[]): string {
  const known = parts.map((part) => shown(part)).filter((part) => part !== unknown);
  return known.length === 0 ? unknown : known.join(" / ");
}

export function coordinates(origin: Origin, precision: number): string {
  const { latitude, longitude } = origin;
  if (latitude === undefined || longitude === undefined) return unknown;
  return `${latitude.toFixed(precision)}, ${longitude.toFixed(precision)}`;
}

/** `AS64500 Example Carrier`: whose the network is, as far as known. */
export function provider(origin: Origin): string {
  const name = shown(origin.provider ?? (origin.asn === undefined ? undefined : origin.organization));
  if (origin.asn === undefined) return name;
  const number = `AS${origin.asn}`;
  // A provider without a name of its own is called by number and holder already.
  if (name === number || name.startsWith(`${number} `)) return name;
  return name === unknown ? number : `${number} ${name}`;
}

export function endpoint({ address, port }: Endpoint): string {
  return `${hostLiteral(address)}:${port}`;
}

import type { Endpoint, Origin } from "../../core/connection.ts";
import { hostLiteral } from "../../core/host-literal.ts";
import { safeText } from "../../core/safe-text.ts";

/** Shown for an unknown value. */
export const unknown = "-";

const maxFactCharacters = 300;

/** A fact on one line, safe to show, or `-`. */
export function shown(text: string | undefined, limit = maxFactCharacters): string {
  const safe = text === undefined ? "" : safeText(text, { limit }).trim();
  return safe === "" ? unknown : safe;
}

/**
 * `SE Linköping 89.160.20.112`: the country's code, the city, else the region, else the country, and the address or
 * network.
 */
export function placeAndAddress(origin: Origin, address: string): string {
  const place = [origin.city, origin.region, origin.country].find((name) => shown(name) !== unknown);
  return [origin.countryCode, place, address]
    .map((part) => shown(part, 80))
    .filter((part) => part !== unknown)
    .join(" ");
}

/** The same where a line without content is left out: `undefined` for what is not known. */
export function known(text: string | undefined, limit = maxFactCharacters): string | undefined {
  const safe = shown(text, limit);
  return safe === unknown ? undefined : safe;
}

/** `Heidelberg, Baden-Württemberg, Germany (DE)`: as far as known, the country alone where no more is wanted. */
export function location(origin: Origin, includeCity: boolean): string | undefined {
  const { city, region, country, countryCode } = origin;
  const parts = [...(includeCity ? [city, region] : []), country].flatMap((part) => known(part) ?? []);
  const places = [...new Set(parts)].join(", ");
  const code = known(countryCode);
  if (places === "") return code;
  return code === undefined ? places : `${places} (${code})`;
}

/** The holder of the network, unless the name of the provider contains it. */
export function holder(origin: Origin): string | undefined {
  const name = known(origin.organization);
  return name !== undefined && provider(origin).includes(name) ? undefined : name;
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
  // Some names of providers already contain the number.
  if (name === number || name.startsWith(`${number} `)) return name;
  return name === unknown ? number : `${number} ${name}`;
}

export function endpoint({ address, port }: Endpoint): string {
  return `${hostLiteral(address)}:${port}`;
}

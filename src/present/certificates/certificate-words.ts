/** The words about certificates that `harbinger hosts` and `harbinger certificates` share. Safe to print. */
import type { CertificateSighting, StoredCertificate } from "../../core/examination.ts";
import { safeText } from "../../core/safe-text.ts";
import type { ServiceRecord } from "../../core/store.ts";
import { endpointText } from "../connections/connection-words.ts";
import { formatTime } from "../text/time-text.ts";
import { dateOf, endsSentence } from "./expiry-words.ts";

/** Its subject; an empty one is allowed where there are other names (RFC 5280 section 4.1.2.6). */
export function nameOf({ subject, names }: Pick<StoredCertificate, "subject" | "names">): string {
  return safeText(subject || names[0] || "without a name", { limit: 500 });
}

export function issuerOf({ issuer, selfSigned }: Pick<StoredCertificate, "issuer" | "selfSigned">): string {
  return selfSigned ? "self-signed" : safeText(issuer || "without a name", { limit: 500 });
}

export interface Places {
  readonly named: readonly CertificateSighting[];
  /** How many others there are. */
  readonly more: number;
}

/**
 * Where a certificate is shown now.
 * @param most so many are named
 * @param besides a service that is left out
 */
export function placesNow(
  certificate: StoredCertificate,
  most: number,
  besides?: Pick<ServiceRecord, "address" | "port">,
): Places {
  const { services } = certificate;
  const others = services.filter(
    ({ address, port, isCurrent }) => isCurrent && (address !== besides?.address || port !== besides.port),
  );
  // The current ones are listed before the others.
  return placesOf(others, most, services.at(-1)?.isCurrent === true ? unlistedOf(certificate) : 0);
}

/** Where it was shown before. */
function placesBefore(certificate: StoredCertificate, most: number): Places {
  const former = certificate.services.filter(({ isCurrent }) => !isCurrent);
  return placesOf(former, most, certificate.services.at(-1)?.isCurrent === false ? unlistedOf(certificate) : 0);
}

function unlistedOf({ services, serviceCount }: StoredCertificate): number {
  return Math.max(0, serviceCount - services.length);
}

function placesOf(sightings: readonly CertificateSighting[], most: number, unlisted: number): Places {
  const named = sightings.slice(0, most);
  return { named, more: sightings.length - named.length + unlisted };
}

/** `10.0.0.5:443, 10.0.0.6:443 and 7 more`; empty where there is none. */
export function placesText({ named, more }: Places): string {
  const list = named.map(endpointText).join(", ");
  return more === 0 ? list : `${list} and ${more.toLocaleString("en")} more`;
}

/** One cell of a table: where it is shown, or was where it is shown no more. */
export function shownWhere(certificate: StoredCertificate): string {
  const now = placesNow(certificate, 1);
  const [first] = now.named;
  if (first === undefined) return `earlier on ${placesText(placesBefore(certificate, 1))}`;
  return `${placesText(now)}${first.isIssuer ? " (as issuer)" : ""}`;
}

/** Services named in the details. */
const placesInDetails = 20;
const kinShown = 5;

/**
 * All that is known of one certificate, a line a fact.
 * @param kin other certificates with the same key
 */
export function certificateDetails(
  certificate: StoredCertificate,
  kin: readonly StoredCertificate[],
  now: number,
): string {
  const { names, validFrom, validTo, firstSeen, lastSeen, serial, sha256, keySha256 } = certificate;
  const places = placesText(placesNow(certificate, placesInDetails));
  const before = placesText(placesBefore(certificate, placesInDetails));
  const sharing = kin.slice(0, kinShown).map((other) => `${nameOf(other)} (${endsSentence(other.validTo, now)})`);
  if (kin.length > kinShown) sharing.push(`${kin.length - kinShown} more`);
  const facts: readonly (readonly [string, string])[] = [
    ["issued by", certificate.selfSigned ? "itself (self-signed)" : issuerOf(certificate)],
    ["names", safeText(names.join(", "), { limit: 1000 })],
    ["valid", `${dateOf(validFrom)} to ${dateOf(validTo)}`],
    ["shown on", places],
    ["earlier on", before],
    ["seen", `${formatTime(firstSeen)} to ${formatTime(lastSeen)}`],
    ["same key in", sharing.join("; ")],
    ["serial", safeText(serial)],
    ["SHA-256", safeText(sha256)],
    ["key SHA-256", safeText(keySha256)],
  ];
  const lines = facts.filter(([, value]) => value !== "").map(([name, value]) => `  ${name.padEnd(12)} ${value}`);
  return [`${nameOf(certificate)}: ${endsSentence(validTo, now)}`, ...lines].join("\n");
}

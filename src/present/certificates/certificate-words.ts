/** Certificates in words, for `harbinger hosts` and `harbinger certificates`. Safe to print. */
import type { CertificateSighting, StoredCertificate } from "../../core/examination.ts";
import { safeText } from "../../core/safe-text.ts";
import type { ServiceRecord } from "../../core/store.ts";
import { endpointText } from "../connections/connection-words.ts";
import { grouped } from "../text/grouped.ts";
import { formatTime } from "../text/time-text.ts";
import { dateOf, endsSentence } from "./expiry-words.ts";

/** Its subject, which may be empty if there are other names (RFC 5280 section 4.1.2.6). */
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
 * The services that present a certificate now.
 * @param max how many are named
 * @param except a service that is left out
 */
export function placesNow(
  certificate: StoredCertificate,
  max: number,
  except?: Pick<ServiceRecord, "address" | "port">,
): Places {
  const { services, currentCount } = certificate;
  const others = services.filter(
    ({ address, port, isCurrent }) => isCurrent && (address !== except?.address || port !== except.port),
  );
  const listed = services.filter(({ isCurrent }) => isCurrent);
  return placesOf(others, max, Math.max(0, currentCount - listed.length));
}

/** The services that presented it earlier. */
function placesBefore(certificate: StoredCertificate, max: number): Places {
  const { services, serviceCount, currentCount } = certificate;
  const former = services.filter(({ isCurrent }) => !isCurrent);
  return placesOf(former, max, Math.max(0, serviceCount - currentCount - former.length));
}

function placesOf(sightings: readonly CertificateSighting[], max: number, unlisted: number): Places {
  const named = sightings.slice(0, max);
  return { named, more: sightings.length - named.length + unlisted };
}

/** `10.0.0.5:443, 10.0.0.6:443 and 7 more`; empty if there are none. */
export function placesText({ named, more }: Places): string {
  const list = named.map(endpointText).join(", ");
  return more === 0 ? list : `${list} and ${grouped(more)} more`;
}

/** One cell of a table: the services that present it, else those that did. */
export function shownWhere(certificate: StoredCertificate): string {
  const now = placesNow(certificate, 1);
  const [first] = now.named;
  if (first === undefined) return `earlier on ${placesText(placesBefore(certificate, 1))}`;
  return `${placesText(now)}${first.isIssuer ? " (as issuer)" : ""}`;
}

/** Services named in the details. */
const placesInDetails = 20;
const sameKeyShown = 5;

/**
 * The details of one certificate, one line for each.
 * @param sameKey other certificates with the same key
 */
export function certificateDetails(
  certificate: StoredCertificate,
  sameKey: readonly StoredCertificate[],
  now: number,
): string {
  const { names, validFrom, validTo, firstSeen, lastSeen, serial, sha256, keySha256 } = certificate;
  const places = placesText(placesNow(certificate, placesInDetails));
  const before = placesText(placesBefore(certificate, placesInDetails));
  const sharing = sameKey
    .slice(0, sameKeyShown)
    .map((other) => `${nameOf(other)} (${endsSentence(other.validTo, now)})`);
  if (sameKey.length > sameKeyShown) sharing.push(`${sameKey.length - sameKeyShown} more`);
  const facts: readonly (readonly [string, string])[] = [
    ["issued by", certificate.selfSigned ? "itself (self-signed)" : issuerOf(certificate)],
    ["names", safeText(names.join(", "), { limit: 1000 })],
    ["valid", `${dateOf(validFrom)} to ${dateOf(validTo)} UTC`],
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

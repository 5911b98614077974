/**
 * What is stored, as the JSON lines of `harbinger hosts`, `devices`, `certificates`, `deliveries` and `reports show`. Times are ISO 8601 in UTC, and
 * absent where they are not known.
 */
import type { Delivery, DeliveryState } from "../core/delivery.ts";
import { type DeviceRecord, isRandomised } from "../core/device.ts";
import type { Discovery } from "../core/discovery.ts";
import type { StoredCertificate, StoredCheckResult } from "../core/examination.ts";
import type { ServiceRecord } from "../core/store.ts";
import { withinCalendar } from "../core/wall-clock.ts";
import { daysUntil } from "./certificates/expiry-words.ts";
import { markEveryPort } from "./hosts/every-port.ts";
import type { ServiceFindings } from "./hosts/host-details.ts";

export function serviceJson(service: ServiceRecord) {
  return markEveryPort({ ...service, firstSeen: isoTime(service.firstSeen), lastSeen: isoTime(service.lastSeen) });
}

/** All that is known of one service of an address: what each check found last, and every certificate that it showed. */
export function serviceDetailsJson(service: ServiceRecord, { results, certificates }: ServiceFindings, now: number) {
  return {
    ...serviceJson(service),
    results: results.map(checkResultJson),
    certificates: certificates.map((certificate) => certificateJson(certificate, now)),
  };
}

/** As `harbinger check --json` prints it, with the time in the place of host and port. */
function checkResultJson({ check, at, passed, verdict, output, facts }: StoredCheckResult) {
  return { check, time: isoTime(at), passed, ...(verdict === undefined ? {} : { verdict }), output, facts };
}

export function certificateJson(certificate: StoredCertificate, now: number) {
  const { validFrom, validTo, firstSeen, lastSeen, services, ...rest } = certificate;
  return {
    ...rest,
    validFrom: isoTime(validFrom),
    validTo: isoTime(validTo),
    daysLeft: daysUntil(validTo, now),
    firstSeen: isoTime(firstSeen),
    lastSeen: isoTime(lastSeen),
    services: services.map(({ isCurrent, isIssuer, ...service }) => ({
      ...service,
      firstSeen: isoTime(service.firstSeen),
      lastSeen: isoTime(service.lastSeen),
      current: isCurrent,
      issuer: isIssuer,
    })),
  };
}

/** Names as it is called by others, the best first; `name` is the owner's own. What is not known is null. */
export function deviceJson(device: DeviceRecord) {
  const { mac, vendor, names, name, approved, addresses, firstSeen, lastSeen, state } = device;
  return {
    mac,
    vendor: vendor ?? null,
    randomised: isRandomised(mac),
    names: [...new Set(names.map((each) => each.name))],
    name: name ?? null,
    approved,
    addresses: addresses.filter(({ isCurrent }) => isCurrent).map(({ address }) => address),
    firstSeen: isoTime(firstSeen),
    lastSeen: isoTime(lastSeen),
    present: state !== "gone" && state !== "inherited",
  };
}

export function discoveryJson(discovery: Discovery) {
  return markEveryPort({
    ...discovery,
    at: isoTime(discovery.at),
    firstSeen: isoTime(discovery.firstSeen),
    lastSeen: isoTime(discovery.lastSeen),
  });
}

/** A delivery that is queued waits for its first or next attempt: the word that people read for it. */
export function shownState(state: DeliveryState): string {
  return state === "queued" ? "waiting" : state;
}

/** Its message apart: `harbinger reports show ID` has that. */
export function deliveryJson({ message, state, createdAt, nextAttemptAt, deliveredAt, ...rest }: Delivery) {
  return {
    ...rest,
    state: shownState(state),
    createdAt: isoTime(createdAt),
    nextAttemptAt: isoTime(nextAttemptAt),
    deliveredAt: isoTime(deliveredAt),
    subject: message?.subject,
    messageId: message?.messageId,
  };
}

function isoTime(instant: number | undefined): string | undefined {
  if (instant === undefined || Number.isNaN(instant)) return undefined;
  return new Date(withinCalendar(instant)).toISOString();
}

import type { Verdict } from "../../core/check.ts";
import type { StoredCertificate, StoredCheckResult } from "../../core/examination.ts";
import { safeText } from "../../core/safe-text.ts";
import type { ServiceRecord } from "../../core/store.ts";
import { issuerOf, nameOf, placesNow, placesText } from "../certificates/certificate-words.ts";
import { endsSentence } from "../certificates/expiry-words.ts";
import { indented } from "../text/indented.ts";
import { formatTime } from "../text/time-text.ts";
import { portText } from "./every-port.ts";
import { resultText } from "./result-text.ts";
import type { ServiceFindings } from "./service-json.ts";

/** Limits of one entry; `--json` and `harbinger certificates` have the rest. */
const outputLimit = 4000;
const placesShown = 5;
const formerShown = 3;

interface Look {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The text goes to a terminal that shows colour. */
  readonly colour: boolean;
}

/** The last result of each check of a service, then its certificates. Empty if no check ran. */
export function serviceDetails(service: ServiceRecord, found: ServiceFindings, { now, colour }: Look): string {
  const { results, certificates } = found;
  if (results.length === 0 && certificates.length === 0) return "";
  const seen = service.watches.map(({ watch, state }) => `${state} in ${safeText(watch)}`).join(", ");
  return [
    `Port ${portText(service.port)}${seen === "" ? "" : `: ${seen}`}`,
    ...results.map((result) => indented(resultLines(result, colour), 2)),
    ...certificateLines(service, certificates, now).map((text) => indented(text, 2)),
  ].join("\n");
}

function resultLines(result: StoredCheckResult, colour: boolean): string {
  const verdict = result.verdict === undefined ? "" : `: ${verdictText(result.verdict, colour)}`;
  const output = resultText(result, outputLimit);
  const head = `${safeText(result.check)} (${formatTime(result.at)})${verdict}`;
  return output === "" ? head : `${head}\n${indented(output, 2)}`;
}

const verdictColours: Readonly<Record<Verdict, number>> = { exposed: 31, protected: 32, inconclusive: 33 };

function verdictText(verdict: Verdict, colour: boolean): string {
  return colour ? `\u001b[1;${verdictColours[verdict]}m${verdict}\u001b[0m` : verdict;
}

function certificateLines(service: ServiceRecord, certificates: readonly StoredCertificate[], now: number): string[] {
  const sightingOf = (certificate: StoredCertificate) =>
    certificate.services.find(({ address, port }) => address === service.address && port === service.port);
  const lines: string[] = [];
  const former: string[] = [];
  for (const certificate of certificates) {
    const sighting = sightingOf(certificate);
    if (sighting === undefined) continue;
    const about = `${nameOf(certificate)}; ${endsSentence(certificate.validTo, now)}`;
    if (!sighting.isCurrent) {
      former.push(`earlier certificate: ${about}; last shown ${formatTime(sighting.lastSeen)}`);
      continue;
    }
    const issuer = certificate.selfSigned ? "self-signed" : `issued by ${issuerOf(certificate)}`;
    const also = placesText(placesNow(certificate, placesShown, service));
    const text = [
      `${sighting.isIssuer ? "issuer" : "certificate"}: ${about}`,
      indented(`${issuer}; shown since ${formatTime(sighting.firstSeen).slice(0, 10)}`, 2),
      ...(also === "" ? [] : [indented(`also on ${also}`, 2)]),
    ].join("\n");
    // The certificate itself comes before its issuers.
    if (sighting.isIssuer) lines.push(text);
    else lines.unshift(text);
  }
  const left = former.length - formerShown;
  return [
    ...lines,
    ...former.slice(0, formerShown),
    ...(left > 0 ? [`... and ${left} earlier: harbinger certificates ${service.address} --all`] : []),
  ];
}

import type { Origin } from "../../../core/connection.ts";
import { fieldAt, numberAt, textAt } from "../record-field.ts";

/** The holder of the network that a peer is in. */
export type NetworkHolder = Pick<Origin, "asn" | "organization">;

/**
 * Reads a record in the layout of MaxMind's ASN and Enterprise databases
 * (https://dev.maxmind.com/geoip/docs/databases/asn/),
 * or in that of IPinfo, whose `asn` is `AS15169` (https://ipinfo.io/developers/ip-to-asn-database).
 */
export function holderOfRecord(record: unknown): NetworkHolder | undefined {
  const traits = fieldAt(record, ["traits"]);
  return holderOf(
    numberAt(record, "autonomous_system_number") ??
      numberAt(traits, "autonomous_system_number") ??
      numbered(textAt(record, "asn")) ??
      numberAt(record, "asn") ??
      numberAt(record, "as_number"),
    textAt(record, "autonomous_system_organization") ??
      textAt(traits, "autonomous_system_organization") ??
      textAt(record, "as_name") ??
      textAt(record, "as_organization"),
  );
}

function numbered(text: string | undefined): number | undefined {
  const digits = text === undefined ? undefined : /^AS(\d{1,10})$/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Leaves out what is unknown, and a number that no autonomous system has (0, RFC 7607; more than 32 bits, RFC 6793).
 */
export function holderOf(asn: number | undefined, organization: string | undefined): NetworkHolder | undefined {
  const numbered = asn !== undefined && Number.isInteger(asn) && asn > 0 && asn <= 0xffff_ffff;
  if (!numbered && organization === undefined) return undefined;
  return { asn: numbered ? asn : undefined, organization };
}

import type { Origin } from "../../../core/connection.ts";
import { numberAt, textAt } from "../record-field.ts";

/** Whose network a peer is in. */
export type NetworkHolder = Pick<Origin, "asn" | "organization">;

/** What a record of MaxMind's ASN layout tells. https://dev.maxmind.com/geoip/docs/databases/asn/ */
export function holderOfRecord(record: unknown): NetworkHolder | undefined {
  return holderOf(numberAt(record, "autonomous_system_number"), textAt(record, "autonomous_system_organization"));
}

/** Leaves out what is unknown, and a number that no autonomous system has (0, RFC 7607; more than 32 bits, RFC 6793). */
export function holderOf(asn: number | undefined, organization: string | undefined): NetworkHolder | undefined {
  const numbered = asn !== undefined && Number.isInteger(asn) && asn > 0 && asn <= 0xffff_ffff;
  if (!numbered && organization === undefined) return undefined;
  return { ...(numbered ? { asn } : {}), ...(organization === undefined ? {} : { organization }) };
}

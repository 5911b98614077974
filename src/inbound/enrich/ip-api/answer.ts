import * as z from "zod";
import { holderOf, type NetworkHolder } from "../asn/network-holder.ts";
import { countryCodeOf } from "../geo/country-name.ts";
import { type Place, placeOf } from "../geo/place.ts";

/** The fields to request. https://ip-api.com/docs/api:json */
export const requestedFields = "status,message,country,countryCode,regionName,city,lat,lon,isp,org,as";

/** The service's answer about one address. All fields absent: nothing is known. */
export interface IpApiAnswer {
  readonly place?: Place | undefined;
  readonly holder?: NetworkHolder | undefined;
  readonly provider?: string | undefined;
}

// A field of a wrong type is dropped; the others are kept.
const text = z
  .string()
  .min(1)
  .transform((value) => value.slice(0, 200))
  .optional()
  .catch(undefined);
const coordinate = z.number().optional().catch(undefined);

const answerSchema = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("success"),
    country: text,
    countryCode: text,
    regionName: text,
    city: text,
    lat: coordinate,
    lon: coordinate,
    isp: text,
    org: text,
    as: text,
  }),
  // `private range`, `reserved range`, `invalid query`
  z.object({ status: z.literal("fail") }),
]);

/** @returns `undefined` where `body` is not a valid answer */
export function parseIpApiAnswer(body: string): IpApiAnswer | undefined {
  const parsed = answerSchema.safeParse(jsonOf(body));
  if (!parsed.success) return undefined;
  if (parsed.data.status === "fail") return {};
  const { country, countryCode, regionName, city, lat, lon, isp, org } = parsed.data;
  const place = placeOf(
    { countryCode: countryCodeOf(countryCode), country, region: regionName, city, latitude: lat, longitude: lon },
    "ip-api",
  );
  // "AS3320 Deutsche Telekom AG"
  const [, asn, asName] = /^AS(\d{1,10})(?:\s+(\S.*))?$/.exec(parsed.data.as ?? "") ?? [];
  const holder = holderOf(asn === undefined ? undefined : Number(asn), asName ?? org);
  return {
    place,
    holder,
    provider: isp,
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

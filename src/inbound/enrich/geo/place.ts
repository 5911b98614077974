import type { Origin } from "../../../core/connection.ts";
import { fieldAt, firstTextIn, lastOf, numberAt, textAt } from "../record-field.ts";
import { countryCodeOf, countryName } from "./country-name.ts";

export type PlaceSource = "maxmind" | "country-data" | "ip-api";

/**
 * The place of a peer, from a single source: a city and coordinates of different sources could contradict each other.
 */
export type Place = Pick<Origin, "countryCode" | "country" | "region" | "city" | "latitude" | "longitude"> & {
  readonly placeSource: PlaceSource;
};

export interface PlaceFields {
  readonly countryCode: string | undefined;
  readonly country: string | undefined;
  readonly region: string | undefined;
  readonly city: string | undefined;
  readonly latitude: number | undefined;
  readonly longitude: number | undefined;
}

/**
 * The place in a database record. Supported layouts: MaxMind's City and Country (names by language: English, else the
 * first one; https://dev.maxmind.com/geoip/docs/databases/city-and-country/),
 * also used by DB-IP, and the flat ones of ip-location-db and IPinfo (https://ipinfo.io/developers/database-types).
 * The region is the smallest subdivision, as `subdivisions.most_specific` of MaxMind's own libraries.
 * @returns `undefined` where it has neither country nor city nor coordinates
 */
export function placeOfRecord(record: unknown, source: PlaceSource): Place | undefined {
  const flatCountry = textAt(record, "country");
  const flatCode = countryCodeOf(textAt(record, "country_code")) ?? countryCodeOf(flatCountry);
  const flatName = flatCountry?.toUpperCase() === flatCode ? undefined : flatCountry;
  return placeOf(
    {
      countryCode: countryCodeOf(textAt(record, "country", "iso_code")) ?? flatCode,
      country: textAt(record, "country", "names", "en") ?? textAt(record, "country_name") ?? flatName,
      region: nameOf(lastOf(record, "subdivisions")) ?? textAt(record, "region") ?? textAt(record, "state1"),
      city: nameOf(fieldAt(record, ["city"])) ?? textAt(record, "city"),
      latitude: numberAt(record, "location", "latitude") ?? numberAt(record, "latitude"),
      longitude: numberAt(record, "location", "longitude") ?? numberAt(record, "longitude"),
    },
    source,
  );
}

/** In English, else in the first language. */
function nameOf(part: unknown): string | undefined {
  return textAt(part, "names", "en") ?? firstTextIn(fieldAt(part, ["names"]));
}

/** Leaves out unknown fields, and coordinates that are invalid or incomplete. */
export function placeOf(fields: PlaceFields, placeSource: PlaceSource): Place | undefined {
  const { countryCode, region, city, latitude, longitude } = fields;
  const country = fields.country ?? (countryCode === undefined ? undefined : countryName(countryCode));
  const located =
    latitude !== undefined && longitude !== undefined && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  if (countryCode === undefined && country === undefined && city === undefined && !located) return undefined;
  return {
    countryCode,
    country,
    region,
    city,
    ...(located ? { latitude, longitude } : {}),
    placeSource,
  };
}

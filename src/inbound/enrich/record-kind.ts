/** The kind of a database: places of addresses, or holders of networks. */
export type RecordKind = "places" | "networks";

const placeKeys = ["country", "country_code", "registered_country", "city", "location", "region", "latitude"];
const networkKeys = [
  "autonomous_system_number",
  "autonomous_system_organization",
  "asn",
  "as_number",
  "as_name",
  "as_organization",
  "traits",
];

/**
 * Whether a record belongs to the other kind of database, because two paths were swapped. A record with facts of both
 * kinds, as those of IPinfo, or of neither, does not count.
 */
export function isOfOtherKind(record: unknown, wanted: RecordKind): boolean {
  if (typeof record !== "object" || record === null) return false;
  const holds = (keys: readonly string[]) => keys.some((key) => Object.hasOwn(record, key));
  return wanted === "places"
    ? holds(networkKeys) && !holds(placeKeys) && !Object.hasOwn(record, "continent")
    : holds(placeKeys) && !holds(networkKeys);
}

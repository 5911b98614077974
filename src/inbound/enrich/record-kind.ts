/** What a database is asked for: where an address is, or whose network it is in. */
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
 * Whether a record is of another kind of database than the one that is wanted: two files were given in each other's place. A
 * record that tells both, as those of IPinfo do, or neither, is no sign of it.
 */
export function isOfOtherKind(record: unknown, wanted: RecordKind): boolean {
  if (typeof record !== "object" || record === null) return false;
  const holds = (keys: readonly string[]) => keys.some((key) => Object.hasOwn(record, key));
  return wanted === "places"
    ? holds(networkKeys) && !holds(placeKeys) && !Object.hasOwn(record, "continent")
    : holds(placeKeys) && !holds(networkKeys);
}

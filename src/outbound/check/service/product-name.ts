/** What programs call themselves, in lower case, where they are known by another name. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["ats", "Apache Traffic Server"],
  ["kong", "Kong"],
  ["miniserv", "Webmin"],
  ["monit", "Monit"],
  ["nats-server", "NATS"],
  ["splunkd", "Splunk"],
]);

/** Behind the name of a product, which of its doors is meant: `MinIO console`, `Docker API`, `Apache Ignite (thin client)`. */
const door = / (?:api|console|dashboard|management|web interface|\([^()]*\))$/i;

/**
 * The one name of a product, wherever it was learnt: from its own words (`nats-server`, a Server header) or from the title of
 * an entry of the catalogue. So the checks `service` and `exposure` call the same thing by the same name.
 */
export function productName(given: string): string {
  let name = given.trim();
  // `Apache Karaf console (SSH)` has two.
  for (let doors = 0; doors < 2; doors++) name = name.replace(door, "");
  return otherNames.get(name.toLowerCase()) ?? name;
}

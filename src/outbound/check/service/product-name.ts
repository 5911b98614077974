/** Names that programs use for themselves, in lower case, and the names by which they are known. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["ats", "Apache Traffic Server"],
  ["kong", "Kong"],
  ["miniserv", "Webmin"],
  ["monit", "Monit"],
  ["nats-server", "NATS"],
  ["splunkd", "Splunk"],
]);

/** After the name of a product, which of its interfaces is meant: `MinIO console`, `Docker API`, `Apache Ignite (thin client)`. */
const interfaceName = / (?:api|console|dashboard|management|web interface|\([^()]*\))$/i;

/**
 * The one name of a product, for names from any source: its own (`nats-server`, a Server header) or the title of a catalogue
 * entry. So the checks `service` and `exposure` use the same name.
 */
export function productName(given: string): string {
  let name = given.trim();
  // `Apache Karaf console (SSH)` has two.
  for (let count = 0; count < 2; count++) name = name.replace(interfaceName, "");
  return otherNames.get(name.toLowerCase()) ?? name;
}

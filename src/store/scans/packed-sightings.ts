import { safeText } from "../../core/safe-text.ts";
import type { Sighting } from "../../core/sighting.ts";
import { type Endpoint, ipv4Endpoint, ipv6SortKey, isIpv4 } from "../keys/endpoint.ts";

/** A batch of sightings on its way to the database: most are an IPv4 address and a port and nothing else. */
export interface PackedSightings {
  readonly plain: Float64Array<ArrayBuffer>;
  readonly detailed: readonly DetailedSighting[];
}

/** Endpoint (null for IPv6, which has no number yet), sort key and text of an IPv6 address, port, attributes. */
type DetailedSighting = readonly [
  endpoint: Endpoint | null,
  sortKey: string | null,
  address: string | null,
  port: number,
  hostname: string | null,
  mac: string | null,
  vendor: string | null,
  name: string | null,
  product: string | null,
  version: string | null,
];

export const hostnameLimit = 255;
export const attributeLimit = 200;

/** Makes sightings compact, and the text in them safe. */
export function packSightings(batch: readonly Sighting[]): PackedSightings {
  const plain = new Float64Array(batch.length);
  let count = 0;
  const detailed: DetailedSighting[] = [];
  for (const sighting of batch) {
    const isFour = isIpv4(sighting.address);
    if (isFour && !hasAttributes(sighting)) {
      plain[count++] = ipv4Endpoint(sighting.address, sighting.port);
      continue;
    }
    detailed.push([
      isFour ? ipv4Endpoint(sighting.address, sighting.port) : null,
      isFour ? null : ipv6SortKey(sighting.address),
      isFour ? null : sighting.address,
      sighting.port,
      shortText(sighting.hostname, hostnameLimit),
      shortText(sighting.mac, attributeLimit),
      shortText(sighting.vendor, attributeLimit),
      shortText(sighting.service?.name, attributeLimit),
      shortText(sighting.service?.product, attributeLimit),
      shortText(sighting.service?.version, attributeLimit),
    ]);
  }
  return { plain: plain.slice(0, count), detailed };
}

function hasAttributes(sighting: Sighting): boolean {
  return (
    sighting.hostname !== undefined ||
    sighting.mac !== undefined ||
    sighting.vendor !== undefined ||
    sighting.service !== undefined
  );
}

export function shortText(text: string | undefined, limit: number): string | null {
  return text === undefined || text === "" ? null : safeText(text, { limit });
}

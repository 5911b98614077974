import type { Sighting } from "../../core/sighting.ts";
import type { SightingJson } from "./sighting-schema.ts";

/** One line of `harbinger scan --json`. */
export function sightingJson({ address, port, hostname, service }: Sighting): SightingJson {
  return { address, port, state: "open", hostname, service };
}

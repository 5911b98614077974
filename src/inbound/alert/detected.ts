import type { ProtocolName } from "../../core/identification.ts";

/** The names of the earlier Portwatcher; everything else is `other`. */
const classicNames: { readonly [Name in ProtocolName]?: string } = {
  none: "none",
  http: "http",
  http2: "http",
  tls: "tls",
  ssh: "ssh",
  vnc: "vnc",
  rdp: "rdp",
  redis: "redis-like",
};

/** @param names `classic`: http, tls, ssh, vnc, rdp, redis-like, other, none. `full`: every protocol by its own name. */
export function detectedName(protocol: ProtocolName, names: "classic" | "full"): string {
  return names === "full" ? protocol : (classicNames[protocol] ?? "other");
}

import type { ProtocolName } from "../../core/identification.ts";

/** The names of the earlier Portwatcher; everything else is `other`. */
const earlierNames: { readonly [Name in ProtocolName]?: string } = {
  none: "none",
  http: "http",
  http2: "http",
  tls: "tls",
  ssh: "ssh",
  vnc: "vnc",
  rdp: "rdp",
  redis: "redis-like",
};

/** http, tls, ssh, vnc, rdp, redis-like, other, none. */
export function protocolName(protocol: ProtocolName): string {
  return earlierNames[protocol] ?? "other";
}

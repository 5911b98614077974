import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

/** MS-RDPBCGR section 2.2.1.1.1. No bit at all asks for standard RDP security. */
const securityProtocols: readonly (readonly [bit: number, name: string])[] = [
  [0x01, "tls"],
  [0x02, "nla"],
  [0x04, "rdstls"],
  [0x08, "nla-ex"],
  [0x10, "aad"],
];

export const rdp = protocol({
  name: "rdp",
  strength: "strong",
  firstBytes: oneOf(3),
  parse,
  describe: ({ cookie, routingToken, requestedProtocols }) => ({
    rdp: {
      ...(cookie !== undefined && { cookie }),
      ...(routingToken !== undefined && { routingToken }),
      requestedProtocols: namesOf(requestedProtocols ?? 0),
    },
  }),
});

function namesOf(bits: number): readonly string[] {
  const names = securityProtocols.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? ["rdp"] : names;
}

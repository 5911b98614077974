import { parse as parseGreeting } from "../../../../wire/server/parse.ts";
import { parseVncSecurity } from "../../../../wire/server/vnc.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";
import { identityOf } from "./ssh.ts";

/** Versions of the protocol as clients may ask for them: RFC 6143, 7.1.1. */
function agreedMinor(version: string): 3 | 7 | 8 {
  const minor = version.startsWith("3.") ? Number(version.slice(2)) : 8;
  return minor >= 8 ? 8 : minor === 7 ? 7 : 3;
}

/** `RFB 003.008` and a line feed: RFC 6143, 7.1.1. */
const greetingBytes = 12;

/** The security types that the server offers; `None` lets anybody in. None is chosen. */
export const vnc: ProtocolModule = {
  name: "vnc",
  title: "VNC",
  ports: [5900, 5901, 5902, 5903],
  speaksFirst: true,
  proves: "exposed",
  async recognise(conversation) {
    // What stands behind it is the refusal of a server that has had enough of us: it comes unasked.
    const greeting = await conversation.hear(parseGreeting, undefined, () => greetingBytes);
    if (greeting.kind !== "heard" || greeting.value.protocol !== "vnc") return undefined;
    const minor = agreedMinor(greeting.value.protocolVersion ?? "3.3");
    return {
      ...identityOf(greeting.value),
      async judge() {
        const security = await conversation.ask(`RFB 003.00${minor}\n`, (bytes) => parseVncSecurity(bytes, minor));
        if (security.kind !== "heard") return inconclusive("did not say how it is secured");
        if (security.value.kind === "refused") return isProtected(`refuses this client: ${security.value.reason}`);
        const { none, types } = security.value;
        const details = { details: { securityTypes: types } };
        return none
          ? exposed("offers the security type None", details)
          : isProtected(`asks for authentication: ${types.join(", ")}`, details);
      },
    };
  },
};

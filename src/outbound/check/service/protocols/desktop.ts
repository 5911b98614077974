import { parseRdpAnswer, rdpNegotiate } from "../../../../wire/rdp/server.ts";
import { parseX11Answer, x11Setup, xorgVersion } from "../../../../wire/x11/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** Asks for TLS without network level authentication: a server that requires it reports that. */
export const rdp: ProtocolModule = {
  name: "rdp",
  title: "Remote Desktop",
  ports: [3389],
  proves: "protected",
  async recognise(conversation) {
    const answer = await conversation.ask(rdpNegotiate, parseRdpAnswer);
    if (answer.kind !== "received") return undefined;
    const security = answer.value;
    return {
      protocol: "rdp",
      evidence: `connection confirmed: ${security}`,
      details: { security },
      judge() {
        if (security === "nla-required") return isProtected("requires authentication before the desktop (NLA)");
        if (security === "refused") return isProtected("refuses this client");
        return inconclusive("shows its login screen to any client (no NLA), which is not access");
      },
    };
  },
};

export const x11: ProtocolModule = {
  name: "x11",
  title: "X11",
  ports: [6000, 6001, 6002, 6003],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(x11Setup, parseX11Answer);
    if (answer.kind !== "received") return undefined;
    const { value } = answer;
    if (value.kind === "success") {
      const isXorg = /x\.org/i.test(value.vendor);
      return {
        protocol: "x11",
        product: isXorg ? "X.Org" : value.vendor,
        version: isXorg ? xorgVersion(value.release) : String(value.release),
        evidence: `${value.vendor} ${value.release}`,
        judge: () => exposed("accepts a client without authorization"),
      };
    }
    return {
      protocol: "x11",
      evidence: value.reason,
      judge: () => isProtected(`refuses a client without authorization: ${value.reason}`),
    };
  },
};

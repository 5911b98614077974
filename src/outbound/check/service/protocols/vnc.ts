import { parse as parseGreeting } from "../../../../wire/greeting/parse.ts";
import {
  parseVeNCryptTypes,
  parseVeNCryptVersion,
  parseVncSecurity,
  veNCryptChoice,
  veNCryptVersion,
} from "../../../../wire/vnc/server.ts";
import type { Conversation } from "../../../probe/conversation.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";
import { identityOf } from "./ssh.ts";

/** Protocol versions that clients may request: RFC 6143, 7.1.1. */
function agreedMinor(version: string): 3 | 7 | 8 {
  const minor = version.startsWith("3.") ? Number(version.slice(2)) : 8;
  return minor >= 8 ? 8 : minor === 7 ? 7 : 3;
}

/** `RFB 003.008` and a line feed: RFC 6143, 7.1.1. */
const greetingBytes = 12;

/** Types that only wrap another one, which is negotiated inside. */
const wrappings: ReadonlySet<string> = new Set(["Tight", "TLS", "VeNCrypt"]);

/** The security types that the server offers, including those within VeNCrypt; `None` accepts any client. */
export const vnc: ProtocolModule = {
  name: "vnc",
  title: "VNC",
  ports: [5900, 5901, 5902, 5903],
  speaksFirst: true,
  proves: "exposed",
  async recognise(conversation) {
    // A refusal may follow the greeting at once, where the server has too many clients.
    const greeting = await conversation.receive(parseGreeting, undefined, () => greetingBytes);
    if (greeting.kind !== "received" || greeting.value.protocol !== "vnc") return undefined;
    const minor = agreedMinor(greeting.value.protocolVersion ?? "3.3");
    return {
      ...identityOf(greeting.value),
      async judge() {
        const security = await conversation.ask(`RFB 003.00${minor}\n`, (bytes) => parseVncSecurity(bytes, minor));
        if (security.kind !== "received") return inconclusive("did not report its security types");
        if (security.value.kind === "refused") return isProtected(`refuses this client: ${security.value.reason}`);
        const { none, types, veNCrypt } = security.value;
        if (none) return exposed("offers the security type None", { details: { securityTypes: types } });
        const inside = veNCrypt ? await askVeNCrypt(conversation) : undefined;
        const all = { details: { securityTypes: [...types, ...(inside?.types ?? [])] } };
        if (inside?.none === true) return exposed(`offers ${inside.types.join(", ")} within VeNCrypt`, all);
        if (inside === undefined && types.every((type) => wrappings.has(type))) {
          return inconclusive(`offers ${types.join(", ")} only, and did not report the types inside`, all);
        }
        return isProtected(`requires authentication: ${all.details.securityTypes.join(", ")}`, all);
      },
    };
  },
};

async function askVeNCrypt(conversation: Conversation) {
  const version = await conversation.ask(veNCryptChoice, parseVeNCryptVersion);
  if (version.kind !== "received" || !version.value.isKnown) return undefined;
  const types = await conversation.ask(veNCryptVersion, parseVeNCryptTypes);
  return types.kind === "received" ? types.value : undefined;
}

import { kerberosAsReq, kerberosRealm, parseKerberosError } from "../../../../wire/kerberos/server.ts";
import { isProtected, type ProtocolModule } from "../protocol-module.ts";

/** MIT's key distribution center says in the error what it was about (src/kdc/do_as_req.c). */
const mitWords = /^(?:LOOKING_UP_CLIENT|CLIENT_NOT_FOUND|LOOKING_UP_SERVER|SERVER_NOT_FOUND|NEEDED_PREAUTH)$/;

/** Asks for a principal that nobody has: the error names the realm. */
export const kerberos: ProtocolModule = {
  name: "kerberos",
  title: "Kerberos",
  ports: [88],
  proves: "protected",
  async recognise(conversation) {
    const answer = await conversation.ask(kerberosAsReq, parseKerberosError);
    if (answer.kind !== "heard") return undefined;
    const { code, realm, text } = answer.value;
    return {
      protocol: "kerberos",
      ...(text !== undefined && mitWords.test(text.trim()) && { product: "MIT Kerberos" }),
      evidence: `KRB-ERROR ${code}${text === undefined ? "" : ` ${text}`}`,
      ...(realm !== undefined && realm !== kerberosRealm && { details: { realm } }),
      judge: () => isProtected("issues tickets only after authentication"),
    };
  },
};

import { kerberosAsReq, kerberosRealm, parseKerberosError } from "../../../../wire/kerberos/server.ts";
import { isProtected, type ProtocolModule } from "../protocol-module.ts";

/** The key distribution center of MIT puts the reason into the error (src/kdc/do_as_req.c). */
const mitWords = /^(?:LOOKING_UP_CLIENT|CLIENT_NOT_FOUND|LOOKING_UP_SERVER|SERVER_NOT_FOUND|NEEDED_PREAUTH)$/;

/** Asks for a principal that does not exist: the error contains the realm. */
export const kerberos: ProtocolModule = {
  name: "kerberos",
  title: "Kerberos",
  ports: [88],
  proves: "protected",
  async recognise(conversation) {
    const answer = await conversation.ask(kerberosAsReq, parseKerberosError);
    if (answer.kind !== "received") return undefined;
    const { code, realm, text } = answer.value;
    return {
      protocol: "kerberos",
      product: text !== undefined && mitWords.test(text.trim()) ? "MIT Kerberos" : undefined,
      evidence: `KRB-ERROR ${code}${text === undefined ? "" : ` ${text}`}`,
      details: realm === undefined || realm === kerberosRealm ? undefined : { realm },
      judge: () => isProtected("issues tickets only after authentication"),
    };
  },
};

import {
  ldapAnonymousBind,
  ldapSearch,
  ldapUnbind,
  maximumSearchBaseBytes,
  parseLdapBindResponse,
  parseLdapSearchAnswer,
} from "../../../../wire/server/ldap.ts";
import type { Conversation } from "../conversation.ts";
import { exposed, inconclusive, isProtected, type Judgement, type ProtocolModule } from "../protocol-module.ts";

/** Result codes that ask for authentication: RFC 4511, appendix A. */
const askingCodes = new Set([7, 8, 13, 48, 49, 50, 53]);
const operationsError = 1;

/**
 * An anonymous bind, then a search for one entry below the first naming context: a directory that only lets strangers
 * bind, as Active Directory does, is not open.
 */
export const ldap: ProtocolModule = {
  name: "ldap",
  title: "LDAP",
  ports: [389, 636, 3268, 3269],
  tlsPorts: [636, 3269],
  proves: "exposed",
  async recognise(conversation) {
    const bind = await conversation.ask(ldapAnonymousBind, parseLdapBindResponse);
    if (bind.kind !== "heard") return undefined;
    const { resultCode, diagnostic } = bind.value;
    const root = await readRoot(conversation);
    return {
      protocol: "ldap",
      ...productOf(root),
      evidence: `anonymous bind: result ${resultCode}${diagnostic === undefined ? "" : ` ${diagnostic}`}`,
      async judge() {
        if (resultCode !== 0) {
          return askingCodes.has(resultCode)
            ? isProtected("refuses an anonymous bind")
            : inconclusive(`answers an anonymous bind with result ${resultCode}`);
        }
        const judgement = await search(conversation, root.get("namingcontexts") ?? root.get("defaultnamingcontext"));
        conversation.say(ldapUnbind);
        return judgement;
      },
    };
  },
};

async function readRoot(conversation: Conversation): Promise<ReadonlyMap<string, string>> {
  const attributes = ["namingContexts", "defaultNamingContext", "vendorName", "vendorVersion", "objectClass", "+"];
  const answer = await conversation.ask(ldapSearch("", "base", attributes), parseLdapSearchAnswer);
  return answer.kind === "heard" ? answer.value.attributes : new Map<string, string>();
}

async function search(conversation: Conversation, base: string | undefined): Promise<Judgement> {
  if (base === undefined || Buffer.byteLength(base, "latin1") > maximumSearchBaseBytes) {
    return exposed("takes an anonymous bind");
  }
  const answer = await conversation.ask(ldapSearch(base, "one", ["1.1"]), parseLdapSearchAnswer);
  if (answer.kind !== "heard") return exposed("takes an anonymous bind");
  const { entries, resultCode } = answer.value;
  if (entries > 0) return exposed(`takes an anonymous bind and shows entries below ${base}`);
  if (askingCodes.has(resultCode) || resultCode === operationsError) {
    return isProtected("takes an anonymous bind, but lets nobody read without authentication");
  }
  return exposed("takes an anonymous bind and a search");
}

function productOf(root: ReadonlyMap<string, string>): { product?: string; version?: string } {
  const vendor = root.get("vendorname");
  const version = root.get("vendorversion");
  const product =
    root.has("structuralobjectclass") && root.get("structuralobjectclass") === "OpenLDAProotDSE"
      ? "OpenLDAP"
      : root.has("rootdomainnamingcontext")
        ? "Active Directory"
        : vendor;
  return {
    ...(product !== undefined && { product }),
    ...(version !== undefined && { version: /\d+(?:\.\d+)+/.exec(version)?.[0] ?? version }),
  };
}

import {
  ldapAnonymousBind,
  ldapSearch,
  ldapUnbind,
  maxSearchBaseBytes,
  parseLdapBindResponse,
  parseLdapSearchAnswer,
} from "../../../../wire/ldap/server.ts";
import type { Conversation } from "../../../probe/conversation.ts";
import { exposed, inconclusive, isProtected, type Judgement, type ProtocolModule } from "../protocol-module.ts";

/** Result codes that require authentication: RFC 4511, appendix A. */
const askingCodes = new Set([7, 8, 13, 48, 49, 50, 53]);
/** The answer of Active Directory to a search without a bind. */
const operationsError = 1;
/** Also the answer for an entry that this client may not see: RFC 4511, 4.1.9. OpenLDAP does this. */
const noSuchObject = 32;
const success = 0;

/**
 * An anonymous bind, then a search for one entry of the first naming context. A directory that accepts the bind, and shows only
 * its root, which is public by design, is not exposed.
 */
export const ldap: ProtocolModule = {
  name: "ldap",
  title: "LDAP",
  ports: [389, 636, 3268, 3269],
  tlsPorts: [636, 3269],
  proves: "exposed",
  async recognise(conversation) {
    const bind = await conversation.ask(ldapAnonymousBind, parseLdapBindResponse);
    if (bind.kind !== "received") return undefined;
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
        conversation.send(ldapUnbind);
        return judgement;
      },
    };
  },
};

async function readRoot(conversation: Conversation): Promise<ReadonlyMap<string, string>> {
  const attributes = ["namingContexts", "defaultNamingContext", "vendorName", "vendorVersion", "objectClass", "+"];
  const answer = await conversation.ask(ldapSearch("", "base", attributes), parseLdapSearchAnswer);
  return answer.kind === "received" ? answer.value.attributes : new Map<string, string>();
}

async function search(conversation: Conversation, base: string | undefined): Promise<Judgement> {
  if (base === undefined) return inconclusive("accepts an anonymous bind, but lists no naming context");
  const name = Buffer.from(base, "utf8");
  if (name.length > maxSearchBaseBytes) {
    return inconclusive("accepts an anonymous bind; the name of its entries is too long for a search");
  }
  const answer = await conversation.ask(ldapSearch(base, "subtree", ["1.1"]), parseLdapSearchAnswer);
  if (answer.kind !== "received") return inconclusive("accepts an anonymous bind, and did not answer a search");
  const { entries, resultCode } = answer.value;
  if (entries > 0) return exposed(`accepts an anonymous bind and shows entries of ${base}`);
  if (askingCodes.has(resultCode) || resultCode === operationsError) {
    return isProtected("accepts an anonymous bind, but lets no client read without authentication");
  }
  if (resultCode === noSuchObject || resultCode === success) {
    return isProtected(`accepts an anonymous bind, but shows no entry of ${base} without authentication`);
  }
  return inconclusive(`accepts an anonymous bind, and answers a search with result ${resultCode}`);
}

function productOf(root: ReadonlyMap<string, string>): { product?: string | undefined; version?: string | undefined } {
  const vendor = root.get("vendorname");
  const version = root.get("vendorversion");
  const product =
    root.has("structuralobjectclass") && root.get("structuralobjectclass") === "OpenLDAProotDSE"
      ? "OpenLDAP"
      : root.has("rootdomainnamingcontext")
        ? "Active Directory"
        : vendor;
  return {
    product,
    version: version === undefined ? undefined : (/(?<!\d)\d+(?:\.\d+)+/.exec(version)?.[0] ?? version),
  };
}

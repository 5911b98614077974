import { type Address, parseAddress } from "../../../core/address.ts";
import { safeText } from "../../../core/safe-text.ts";

/** RFC 1035 section 2.3.4. */
const maxCharacters = 253;
const maxLabelCharacters = 63;

/** Names that any host could have, and the name that a resolver uses for the router. */
const generic = new Set(["localhost", "localhost.localdomain", "localhost4", "localhost6", "_gateway", "unknown", "*"]);

/** Punctuation of our own messages: a name must not look like the address and vendor of another device. */
const punctuation = /[,;:()[\]{}<>"|]/g;

/**
 * A name from the network in a form that can be shown: one line, bounded, without the final dot and without
 * `.local`. `undefined` where it has no information: the address as a name, or a name that any host could have.
 */
export function deviceNameOf(text: string, address?: Address): string | undefined {
  if (text.length > maxCharacters + 1) return undefined;
  const plain = safeText(text).trim();
  if (parseAddress(plain) !== undefined) return undefined;
  const name = plain
    .replace(punctuation, "-")
    .replace(/\.$/, "")
    .replace(/\.local$/i, "")
    .trim();
  if (name === "" || generic.has(name.toLowerCase()) || parseAddress(name) !== undefined) return undefined;
  if (/\.(?:in-addr|ip6)\.arpa$/i.test(name)) return undefined;
  const labels = name.split(".");
  if (labels.some((label) => label === "" || label.length > maxLabelCharacters)) return undefined;
  return address !== undefined && isAddressInWords(labels[0] ?? "", address) ? undefined : name;
}

/** `192-168-50-10`, `ip-192-168-50-10`, `dhcp-192-168-50-10`: generated from the address. */
function isAddressInWords(label: string, address: Address): boolean {
  const digits = address.replaceAll(/[.:]/g, "-");
  return ["", "ip-", "host-", "dhcp-"].some((prefix) => label.toLowerCase() === prefix + digits);
}

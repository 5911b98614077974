import { type Address, parseAddress } from "../../../core/address.ts";
import { safeText } from "../../../core/safe-text.ts";

/** RFC 1035 section 2.3.4. */
const maxCharacters = 253;
const maxLabelCharacters = 63;

/** Names that every host could have, and what a resolver says of its own machine's router. */
const generic = new Set(["localhost", "localhost.localdomain", "localhost4", "localhost6", "_gateway", "unknown", "*"]);

/** What our own sentences are made with: a name must not read as the address and the vendor of another device. */
const punctuation = /[,;:()[\]{}<>"|]/g;

/**
 * What a stranger says that a device is called, as it can be shown: one line, bounded, without the final dot and without
 * `.local`. `undefined` where it says nothing: its own address in other words, a name that any host could have.
 */
export function deviceNameOf(text: string, address?: Address): string | undefined {
  if (text.length > maxCharacters + 1) return undefined;
  const said = safeText(text).trim();
  if (parseAddress(said) !== undefined) return undefined;
  const name = said
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

/** `192-168-50-10`, `ip-192-168-50-10`, `dhcp-192-168-50-10`: made from the address by whoever runs the zone. */
function isAddressInWords(label: string, address: Address): boolean {
  const digits = address.replaceAll(/[.:]/g, "-");
  return ["", "ip-", "host-", "dhcp-"].some((prefix) => label.toLowerCase() === prefix + digits);
}

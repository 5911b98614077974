import { parseAddress } from "../../../core/address.ts";

/** RFC 1035 section 2.3.4, without the root's dot. */
const maxNameCharacters = 253;

/** Letters, digits and hyphens (RFC 1123 section 2.1), and the underscore, which many reverse zones use. */
const label = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;

/**
 * A host name as it can stand in DNS, without the final dot. Whoever runs a reverse zone can put any bytes there: what
 * no host can be called is no name, nor is one that looks like an address.
 */
export function hostNameOf(text: string): string | undefined {
  const name = text.endsWith(".") ? text.slice(0, -1) : text;
  if (name.length > maxNameCharacters || parseAddress(name) !== undefined) return undefined;
  const labels = name.split(".");
  if (!labels.every((part) => label.test(part)) || /^\d+$/.test(labels.at(-1) ?? "")) return undefined;
  return name;
}

import { parseAddress } from "../../../core/address.ts";

/** RFC 1035 section 2.3.4, without the root's dot. */
const maxNameCharacters = 253;

/** Letters, digits and hyphens (RFC 1123 section 2.1), and the underscore, which many reverse zones use. */
const label = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;

/**
 * Checks a host name from DNS and removes the final dot. A reverse zone can contain any bytes: `undefined` for names
 * that are not valid host names, or that look like an address.
 */
export function hostNameOf(text: string): string | undefined {
  const name = text.endsWith(".") ? text.slice(0, -1) : text;
  if (name.length > maxNameCharacters || parseAddress(name) !== undefined) return undefined;
  const labels = name.split(".");
  if (!labels.every((part) => label.test(part)) || /^\d+$/.test(labels.at(-1) ?? "")) return undefined;
  return name;
}

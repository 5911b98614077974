/** `ann@example.org`, `Ann <ann@example.org>`, or a local user's name; no list separators, spaces or control characters. */
const bare = /^[^\s\p{Cc}@<>,;"\\]+(?:@[^\s\p{Cc}@<>,;"\\]+)?$/u;
const named = /^[^\p{Cc}<>,;]*<([^<>]*)>$/u;

const longestAddress = 254;

/** The mail address alone, or `undefined` where `text` is none. */
export function parseRecipient(text: string): string | undefined {
  const address = (named.exec(text)?.[1] ?? text).trim();
  return address.length <= longestAddress && bare.test(address) ? address : undefined;
}

/** The parts of a list that was given as a list or with commas; empty parts are left out. */
export function splitList(value: string | readonly string[] | undefined): string[] {
  const parts = typeof value === "string" ? value.split(",") : (value ?? []);
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

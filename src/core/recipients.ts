/** `ann@example.org`, `Ann <ann@example.org>`, or a local user's name; no list separators, spaces or control characters. */
const bare = /^[^\s\p{Cc}@<>,;"\\]+(?:@[^\s\p{Cc}@<>,;"\\]+)?$/u;
const named = /^[^\p{Cc}<>,;]*<([^<>]*)>$/u;

const longestAddress = 254;

/** The mail address alone, or `undefined` where `text` is none. */
export function parseRecipient(text: string): string | undefined {
  const address = addressIn(text);
  return address.length <= longestAddress && bare.test(address) && problemWith(address) === undefined
    ? address
    : undefined;
}

/** Why `text` is no mail address, in words that say what to write instead; `undefined` where it is one. */
export function recipientProblem(text: string): string | undefined {
  if (parseRecipient(text) !== undefined) return undefined;
  const address = addressIn(text);
  const known = problemWith(address);
  if (known !== undefined) return known;
  if (address.length > longestAddress) return "it is too long";
  if (/\s/.test(address)) return "it has a space in it; put a comma between two addresses";
  if (address.split("@").length > 2) return "it has more than one @";
  return "write it as name@example.org";
}

function addressIn(text: string): string {
  return (named.exec(text)?.[1] ?? text).trim();
}

/** A domain: labels of letters, digits, - and _ (of any alphabet, RFC 6531), or an address in brackets (RFC 5321 section 4.1.3). */
const domainForm = /^(?:\[[0-9A-Za-z:.]+\]|[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*)$/u;

/** What people get wrong and see badly. */
function problemWith(address: string): string | undefined {
  const invisible = /[\p{Cf}\u00a0\u3164]/u.exec(address)?.[0];
  if (invisible !== undefined) {
    const code = (invisible.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `it has a character in it that is not seen (U+${code}); delete it and type it anew`;
  }
  if (/^mailto:/i.test(address)) return 'write it without "mailto:"';
  if (address.includes(";")) return "put a comma between two addresses, not a semicolon";
  const at = address.indexOf("@");
  if (at < 0) return undefined;
  const domain = address.slice(at + 1);
  if (domain === "") return "the part after the @ is missing";
  if (at === 0) return "the name before the @ is missing";
  if (domain.includes("@") || /\s/.test(domain) || domainForm.test(domain)) return undefined;
  return "the part after the @ is not a domain";
}

/** The parts of a list that was given as a list or with commas; empty parts are left out. */
export function splitList(value: string | readonly string[] | undefined): string[] {
  const parts = typeof value === "string" ? value.split(",") : (value ?? []);
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

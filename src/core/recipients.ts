import { domainToASCII } from "node:url";
import { safeText } from "./safe-text.ts";

/** `Ann <ann@example.org>`, `"Doe, Ann" <ann@example.org>`: what stands before the address, and the address. */
const named = /^([^\p{Cc}<>,;"]*)<([^<>]*)>$/u;
const quotedName = /^"([^"\\\p{Cc}]*)"\s*<([^<>]*)>$/u;

/** RFC 5321 section 4.5.3.1.3, less the angle brackets. */
const maxAddressLength = 254;
/** RFC 1035 section 2.3.4. */
const maxLabelLength = 63;

/** A sender or recipient as mail has it: a name for people, which may be empty, and the address. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/**
 * Whether `address` is one address that can stand in an envelope and a header: `user@host`, or a bare `user` for a
 * server or a mail command that knows its own users. Quoted local parts are not taken.
 */
export function isMailAddress(address: string): boolean {
  if (address.length > maxAddressLength || problemWith(address) !== undefined) return false;
  return /^[^\s@<>()[\]\\,;:"]+(?:@[^\s@<>()\\,;"]+)?$/.test(address);
}

/** Reads `ann@example.org`, `Ann <ann@example.org>` or a local user's name; `undefined` where it is none of them. */
export function parseMailbox(text: string): Mailbox | undefined {
  const parts = quotedName.exec(text) ?? named.exec(text);
  const mailbox = { name: (parts?.[1] ?? "").trim(), address: (parts?.[2] ?? text).trim() };
  return isMailAddress(mailbox.address) ? mailbox : undefined;
}

/** The mail address alone, or `undefined` where `text` has none. */
export function parseRecipient(text: string): string | undefined {
  return parseMailbox(text)?.address;
}

/** Why `text` is not a mail address, and what to write instead; `undefined` where it is one. */
export function recipientProblem(text: string): string | undefined {
  if (parseMailbox(text) !== undefined) return undefined;
  const address = (quotedName.exec(text) ?? named.exec(text))?.[2]?.trim() ?? text.trim();
  const known = problemWith(address);
  if (known !== undefined) return known;
  if (address.length > maxAddressLength) return "it is too long";
  if (/\s/.test(address)) return "it has a space in it; put a comma between two addresses";
  if (address.split("@").length > 2) return "it has more than one @";
  return "write it as name@example.org";
}

/** A domain: labels of letters, digits, - and _ (of any alphabet, RFC 6531), or an address in brackets (RFC 5321 section 4.1.3). */
const domainForm = /^(?:\[(?:IPv6:)?[0-9A-Fa-f:.]+\]|[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*)$/u;

/** Mistakes that are common and hard to see. */
function problemWith(address: string): string | undefined {
  if (address.length > maxAddressLength) return "it is too long";
  const invisible = [...address].find(isInvisible);
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
  if (domain.includes("@") || /\s/.test(domain)) return undefined;
  if (/^[^[\]]+:\d+$/.test(domain)) return "write it without the port";
  if (/^[^.].*\.$/.test(domain)) return "write it without the dot at the end";
  return domainForm.test(domain) && hasDomainName(domain) ? undefined : "the part after the @ is not a domain";
}

/** Characters that a screen does not show, or shows as a space. */
function isInvisible(character: string): boolean {
  return /[\p{Cf}\p{Cc}\u00a0\u2000-\u200a\u3000\u3164]/u.test(character) || safeText(character) !== character;
}

/** Names beyond ASCII go over the wire in ASCII (RFC 5890), and each part of a name has its limit there. */
function hasDomainName(domain: string): boolean {
  if (domain.startsWith("[")) return true;
  const ascii = /^[\x21-\x7e]+$/.test(domain) ? domain : domainToASCII(domain);
  return ascii !== "" && ascii.split(".").every((label) => label !== "" && label.length <= maxLabelLength);
}

/** The parts of a list that was given as a list or with commas; empty parts are left out. */
export function splitList(value: string | readonly string[] | undefined): string[] {
  const parts = typeof value === "string" ? value.split(",") : (value ?? []);
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

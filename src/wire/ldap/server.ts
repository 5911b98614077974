import { type BerElement, readElement, readInteger, readSequence } from "../ber.ts";
import { fact, nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** A BER element; its contents are shorter than 65,536 bytes. */
function element(tag: number, ...contents: readonly (Uint8Array | number)[]): Uint8Array {
  const body = Buffer.concat(contents.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part)));
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...length), body]);
}

function octets(text: string, tag = 0x04): Uint8Array {
  return element(tag, Buffer.from(text, "latin1"));
}

/** BindRequest of version 3 with an empty name and an empty password: an anonymous bind (RFC 4513 section 5.1.1). */
export const ldapAnonymousBind = element(
  0x30,
  element(0x02, 1),
  element(0x60, element(0x02, 3), octets(""), octets("", 0x80)),
);

export const ldapUnbind = element(0x30, element(0x02, 3), element(0x42));

/** SearchRequest for one entry. @param base "" for the root DSE; at most {@link maxSearchBaseBytes} */
export function ldapSearch(base: string, scope: "base" | "subtree", attributes: readonly string[]): Uint8Array {
  return element(
    0x30,
    element(0x02, 2),
    element(
      0x63,
      element(0x04, Buffer.from(base, "utf8")),
      element(0x0a, scope === "base" ? 0 : 2),
      element(0x0a, 0),
      element(0x02, 1), // at most one entry
      element(0x02, 5), // at most five seconds
      element(0x01, 0),
      octets("objectClass", 0x87),
      element(0x30, ...attributes.map((attribute) => octets(attribute))),
    ),
  );
}

export const maxSearchBaseBytes = 1024;

export interface LdapResult {
  /** 0 success, 48 inappropriateAuthentication, 50 insufficientAccessRights, 1 operationsError ... (RFC 4511 section 4.1.9). */
  readonly resultCode: number;
  readonly diagnostic?: string | undefined;
}

/** The BindResponse to {@link ldapAnonymousBind}, or a notice of disconnection. RFC 4511 sections 4.2.2 and 4.4.1. */
export function parseLdapBindResponse(bytes: Uint8Array): Outcome<LdapResult> {
  const reader = new Reader(bytes);
  const message = readMessage(reader);
  if (message.kind !== "match") return message;
  const { operation } = message.value;
  if (operation.tag !== 0x61 && operation.tag !== 0x78) return mismatch;
  const result = readResult(operation.contents);
  return result === undefined ? { kind: reader.failed() } : match(result);
}

export interface LdapSearchAnswer {
  readonly entries: number;
  readonly resultCode: number;
  readonly diagnostic?: string | undefined;
  /** Of the first entry: attribute in lower case to its first value. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** Entries and references up to SearchResultDone. RFC 4511 section 4.5.2. */
export function parseLdapSearchAnswer(bytes: Uint8Array): Outcome<LdapSearchAnswer> {
  const reader = new Reader(bytes);
  const attributes = new Map<string, string>();
  let entries = 0;
  for (let messages = 0; messages < 64; messages++) {
    const message = readMessage(reader);
    if (message.kind !== "match") return message;
    const { operation } = message.value;
    if (operation.tag === 0x64) {
      entries += 1;
      if (entries === 1) readAttributes(operation.contents, attributes);
    } else if (operation.tag === 0x65) {
      const result = readResult(operation.contents);
      return result === undefined ? mismatch : match({ entries, attributes, ...result });
    } else if (operation.tag !== 0x73) return mismatch;
  }
  return mismatch;
}

function readMessage(reader: Reader): Outcome<{ readonly operation: BerElement }> {
  const message = readSequence(reader);
  if (message.kind !== "match") return message;
  const body = message.value;
  const id = readElement(body);
  if (id === undefined) return { kind: body.failed() };
  if (id.tag !== 0x02) return mismatch;
  if (id.contents.cut) return incomplete;
  if (readInteger(id.contents) === undefined) return mismatch;
  const operation = readElement(body);
  if (operation === undefined || operation.contents.cut) return { kind: body.failed() };
  return match({ operation });
}

function readResult(contents: Reader): LdapResult | undefined {
  const code = readElement(contents);
  const resultCode = code?.tag === 0x0a ? readInteger(code.contents) : undefined;
  const matched = readElement(contents);
  const diagnostic = readElement(contents);
  if (resultCode === undefined || matched?.tag !== 0x04 || diagnostic?.tag !== 0x04) return undefined;
  const text = diagnostic.contents.latin1(diagnostic.contents.remaining);
  return { resultCode, diagnostic: nonEmptyFact(text) };
}

function readAttributes(entry: Reader, attributes: Map<string, string>): void {
  const name = readElement(entry);
  const list = readElement(entry);
  if (name === undefined || list?.tag !== 0x30) return;
  while (list.contents.remaining > 0 && attributes.size < 32) {
    const attribute = readElement(list.contents);
    const type = attribute === undefined ? undefined : readElement(attribute.contents);
    const values = attribute === undefined ? undefined : readElement(attribute.contents);
    const value = values === undefined || values.contents.remaining === 0 ? undefined : readElement(values.contents);
    if (type === undefined || values === undefined) return;
    if (value === undefined) continue;
    const key = type.contents.latin1(type.contents.remaining).toLowerCase();
    attributes.set(fact(key), fact(value.contents.text(value.contents.remaining)));
  }
}

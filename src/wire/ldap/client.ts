import { readElement, readInteger, readSequence } from "../ber.ts";
import { fact, nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import { ldapSecrets } from "./secrets.ts";

/** The first message of an LDAP client. The password of a bind is not included. */
export interface LdapMessage {
  readonly operation: string;
  /** Of a bind: 2 or 3. */
  readonly version?: number | undefined;
  /** Of a bind: the user. */
  readonly name?: string | undefined;
  /** Of a bind: `anonymous`, `simple`, `sasl`, `sicily`. */
  readonly authentication?: string | undefined;
  /** Of a SASL bind: `GSS-SPNEGO`, `PLAIN`. */
  readonly mechanism?: string | undefined;
  /** Of a search: its base object, and its scope: `base`, `one`, `subtree`. */
  readonly base?: string | undefined;
  readonly scope?: string | undefined;
  /** Of an extended operation: its object identifier. */
  readonly oid?: string | undefined;
  readonly startTls?: boolean | undefined;
}

/** RFC 4511 section 4.2 and following: the application tags of requests. */
const operations: Readonly<Record<number, string>> = {
  96: "bind",
  66: "unbind",
  99: "search",
  102: "modify",
  104: "add",
  74: "delete",
  108: "rename",
  110: "compare",
  80: "abandon",
  119: "extended",
};
const scopes: Readonly<Record<number, string>> = { 0: "base", 1: "one", 2: "subtree", 3: "subordinate" };
const startTlsOid = "1.3.6.1.4.1.1466.20037";
const maxMessageBytes = 16 * 1024 * 1024;

/** Proof: a BER sequence of a message number and an LDAP operation, whose nested lengths agree. RFC 4511 section 4. */
export function parse(bytes: Uint8Array): Outcome<LdapMessage> {
  const reader = new Reader(bytes);
  const message = readSequence(reader);
  if (message.kind !== "match") return message;
  const body = message.value;
  if (body.offset > 6 || (!body.cut && body.remaining > maxMessageBytes)) return mismatch;
  const number = readElement(body);
  if (number === undefined) return body.overrun ? { kind: body.failed() } : mismatch;
  if (number.tag !== 0x02) return mismatch;
  if (number.contents.cut) return number.contents.remaining > 4 ? mismatch : incomplete;
  if (readInteger(number.contents) === undefined) return mismatch;
  const tag = body.peek();
  if (tag === -1) return body.cut ? incomplete : mismatch;
  const operation = operations[tag];
  if (operation === undefined) return mismatch;
  const request = readElement(body);
  if (request === undefined) return body.overrun ? { kind: body.failed() } : mismatch;
  const facts = readRequest(operation, request.contents);
  if (facts === undefined) return mismatch;
  return match({ operation, ...facts.value }, facts.complete && !body.cut);
}

interface Facts {
  readonly value: Omit<LdapMessage, "operation">;
  readonly complete: boolean;
}

/** `undefined` if the request contradicts itself. */
function readRequest(operation: string, request: Reader): Facts | undefined {
  switch (operation) {
    case "bind":
      return readBind(request);
    case "search":
      return readSearch(request);
    case "extended":
      return readExtended(request);
    default:
      return { value: {}, complete: !request.cut };
  }
}

/** Version, name, and a choice: 0x80 a password, 0xa3 SASL, 0x89 to 0x8b Sicily of Active Directory. */
function readBind(request: Reader): Facts | undefined {
  const version = readElement(request);
  if (version === undefined) return unfinished(request);
  if (version.tag !== 0x02) return undefined;
  if (version.contents.cut) return { value: {}, complete: false };
  const number = readInteger(version.contents);
  if (number === undefined || number < 1 || number > 3) return undefined;
  const name = readElement(request);
  if (name === undefined) return unfinished(request, { version: number });
  if (name.tag !== 0x04) return undefined;
  if (name.contents.cut) return { value: { version: number }, complete: false };
  const who = name.contents.text(name.contents.remaining);
  const known = { version: number, name: nonEmptyFact(who) };
  const choice = readElement(request);
  if (choice === undefined) return unfinished(request, known);
  const credentials = choice.contents;
  if (choice.tag === 0x80) {
    if (credentials.cut) return { value: known, complete: false };
    const authentication = who === "" && credentials.remaining === 0 ? "anonymous" : "simple";
    return { value: { ...known, authentication }, complete: true };
  }
  if (choice.tag >= 0x89 && choice.tag <= 0x8b) {
    return { value: { ...known, authentication: "sicily" }, complete: !credentials.cut };
  }
  if (choice.tag !== 0xa3) return undefined;
  const sasl = { ...known, authentication: "sasl" };
  const mechanism = readElement(credentials);
  if (mechanism === undefined) return unfinished(credentials, sasl);
  if (mechanism.tag !== 0x04) return undefined;
  if (mechanism.contents.cut) return { value: sasl, complete: false };
  const named = fact(mechanism.contents.latin1(mechanism.contents.remaining));
  return { value: { ...sasl, mechanism: named }, complete: !credentials.cut };
}

function readSearch(request: Reader): Facts | undefined {
  const base = readElement(request);
  if (base === undefined) return unfinished(request);
  if (base.tag !== 0x04) return undefined;
  if (base.contents.cut) return { value: {}, complete: false };
  const known = { base: fact(base.contents.text(base.contents.remaining)) };
  const scope = readElement(request);
  if (scope === undefined) return unfinished(request, known);
  if (scope.tag !== 0x0a) return undefined;
  const name = scopes[scope.contents.peek()];
  if (name === undefined) return scope.contents.cut ? { value: known, complete: false } : undefined;
  return { value: { ...known, scope: name }, complete: !request.cut };
}

function readExtended(request: Reader): Facts | undefined {
  const name = readElement(request);
  if (name === undefined) return unfinished(request);
  if (name.tag !== 0x80) return undefined;
  if (name.contents.cut) return { value: {}, complete: false };
  const oid = name.contents.latin1(name.contents.remaining);
  if (!/^\d+(?:\.\d+)+$/.test(oid)) return undefined;
  return { value: { oid: fact(oid), startTls: oid === startTlsOid ? true : undefined }, complete: !request.cut };
}

function unfinished(reader: Reader, value: Facts["value"] = {}): Facts | undefined {
  return reader.overrun && reader.cut ? { value, complete: false } : undefined;
}

export const ldap = protocol({
  name: "ldap",
  strength: "strong",
  firstBytes: oneOf(0x30),
  parse,
  describe: (value) => ({ ldap: { ...value } }),
  secrets: ldapSecrets,
});

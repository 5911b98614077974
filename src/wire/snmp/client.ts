import { type BerElement, readElement, readInteger, readSequence } from "../ber.ts";
import { fact, nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import type { Secret } from "../secret.ts";

/** An SNMP request over TCP (RFC 3430). The community, which is a password, is not included. */
export interface SnmpRequest {
  /** `1`, `2c`, `3`. */
  readonly version: string;
  /** `get`, `get-next`, `set`, `get-bulk`; absent in version 3. */
  readonly operation?: string | undefined;
  /** Of version 3. */
  readonly user?: string | undefined;
  /** The first requested object. */
  readonly oid?: string | undefined;
}

const versions: Readonly<Record<number, string>> = { 0: "1", 1: "2c", 3: "3" };
const operations: Readonly<Record<number, string>> = {
  160: "get",
  161: "get-next",
  163: "set",
  164: "trap",
  165: "get-bulk",
  166: "inform",
  167: "trap",
};
const maxBytes = 65_536;

/** Proof: a BER sequence of a version, then a community and a request, or the headers of version 3. RFC 3416, RFC 3412. */
export function parse(bytes: Uint8Array): Outcome<SnmpRequest> {
  const reader = new Reader(bytes);
  const message = readSequence(reader);
  if (message.kind !== "match") return message;
  const body = message.value;
  if (!body.cut && body.remaining > maxBytes) return mismatch;
  if (body.remaining < 3) return body.cut && mayBegin(body) ? incomplete : mismatch;
  const version = versions[readNumber(body) ?? -1];
  if (version === undefined) return mismatch;
  return version === "3" ? readVersion3(body) : readVersion2(body, version);
}

/** The first element is a number of one byte. */
function mayBegin(body: Reader): boolean {
  return [0x02, 0x01].every((byte, at) => body.peek(at) === -1 || body.peek(at) === byte);
}

function readNumber(body: Reader): number | undefined {
  const element = readElement(body);
  return element?.tag === 0x02 && !element.contents.cut ? readInteger(element.contents) : undefined;
}

function readVersion2(body: Reader, version: string): Outcome<SnmpRequest> {
  const tag = body.peek();
  if (tag === -1) return body.cut ? incomplete : mismatch;
  if (tag !== 0x04) return mismatch;
  const community = readElement(body);
  if (community === undefined || community.contents.cut) return body.cut ? incomplete : mismatch;
  if (body.remaining === 0) return body.cut ? incomplete : mismatch;
  const operation = operations[body.peek()];
  if (operation === undefined) return mismatch;
  const request = readElement(body);
  const oid = request === undefined ? undefined : firstObject(request);
  const isWhole = request !== undefined && !request.contents.cut;
  return match({ version, operation, oid }, isWhole || !body.cut);
}

/** Three numbers, then a list of pairs of an object and its value. */
function firstObject({ contents }: BerElement): string | undefined {
  for (let at = 0; at < 3; at++) readElement(contents);
  const pairs = readElement(contents);
  const pair = pairs === undefined ? undefined : readElement(pairs.contents);
  const object = pair === undefined ? undefined : readElement(pair.contents);
  if (object === undefined || object.tag !== 0x06 || object.contents.cut) return undefined;
  return objectIdentifier(object.contents.take(object.contents.remaining));
}

/** ITU-T X.690 section 8.19. */
function objectIdentifier(bytes: Uint8Array): string {
  const [first = 0, ...rest] = bytes.subarray(0, 64);
  const parts = [Math.min(2, Math.floor(first / 40)), first - 40 * Math.min(2, Math.floor(first / 40))];
  let value = 0;
  for (const byte of rest) {
    value = (value * 128 + (byte & 0x7f)) % 2 ** 32;
    if (byte >= 0x80) continue;
    parts.push(value);
    value = 0;
  }
  return fact(parts.join("."));
}

/** The headers, then the parameters of the user-based security model: a sequence within an octet string. RFC 3414 section 2.4. */
function readVersion3(body: Reader): Outcome<SnmpRequest> {
  const version = "3";
  if (body.peek() !== 0x30) return body.peek() === -1 && body.cut ? incomplete : mismatch;
  const headers = readElement(body);
  if (headers === undefined || headers.contents.cut) return body.cut ? incomplete : mismatch;
  if (readNumber(headers.contents) === undefined) return mismatch;
  const holder = readElement(body);
  if (holder === undefined || holder.contents.cut) return body.cut ? match({ version }, false) : mismatch;
  if (holder.tag !== 0x04) return mismatch;
  const parameters = readElement(holder.contents)?.contents;
  // Engine id, engine boots and engine time.
  for (let at = 0; at < 3 && parameters !== undefined; at++) readElement(parameters);
  const name = parameters === undefined ? undefined : readElement(parameters);
  const user = name?.contents.text(name.contents.remaining);
  const isWhole = readElement(body)?.contents.cut === false;
  return match({ version, user: nonEmptyFact(user) }, isWhole || !body.cut);
}

/** The community of versions 1 and 2c. */
function snmpSecrets(bytes: Uint8Array): readonly Secret[] {
  const body = readElement(new Reader(bytes))?.contents;
  if (body === undefined || (readNumber(body) ?? 3) === 3 || body.peek() !== 0x04) return [];
  const community = readElement(body)?.contents;
  if (community === undefined || community.remaining === 0) return [];
  const { offset: start, end } = community;
  return [{ start, end, text: community.text(end - start) }];
}

export const snmp = protocol({
  name: "snmp",
  strength: "medium",
  firstBytes: oneOf(0x30),
  parse,
  describe: (value) => ({ snmp: { ...value } }),
  secrets: snmpSecrets,
});

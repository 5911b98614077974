import { type BerElement, readElement, readInteger } from "../ber.ts";
import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** A Kerberos request over TCP. */
export interface KerberosRequest {
  /** `AS-REQ` (a login), `TGS-REQ` (a ticket for a service). */
  readonly message: string;
  readonly client?: string;
  readonly realm?: string;
  /** `krbtgt/EXAMPLE.ORG`. */
  readonly server?: string;
}

const messages: Readonly<Record<number, string>> = { 106: "AS-REQ", 108: "TGS-REQ" };
const maxBytes = 65_536;

/** Proof: a length, then a request of version 5 whose nested lengths agree. RFC 4120 sections 5.4.1 and 7.2.2. */
export function parse(bytes: Uint8Array): Outcome<KerberosRequest> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  const tag = reader.peek();
  if (reader.overrun || tag === -1) return incomplete;
  const message = messages[tag];
  if (message === undefined || length < 16 || length > maxBytes) return mismatch;
  const packet = reader.view(length);
  const request = inside(inside(packet, tag), 0x30);
  const version = inside(inside(request, 0xa1), 0x02);
  if (request === undefined || version === undefined || version.cut) return packet.cut ? incomplete : mismatch;
  if (readInteger(version) !== 5) return mismatch;
  return match({ message, ...readBody(request) }, !packet.cut);
}

/** [4] the body: [1] the client's name, [2] the realm, [3] the server's name. */
function readBody(request: Reader): Omit<KerberosRequest, "message"> {
  const body = inside(find(request, 0xa4), 0x30);
  if (body === undefined) return {};
  const value: { client?: string; realm?: string; server?: string } = {};
  for (let element = readElement(body); element !== undefined; element = readElement(body)) {
    if (element.contents.cut) break;
    if (element.tag === 0xa1) value.client = principal(element.contents);
    if (element.tag === 0xa2) value.realm = text(readElement(element.contents));
    if (element.tag === 0xa3) value.server = principal(element.contents);
  }
  return value;
}

/** PrincipalName: [0] its type, [1] its parts, here joined by `/`. */
function principal(contents: Reader): string {
  const parts = inside(find(inside(contents, 0x30), 0xa1), 0x30);
  const names: string[] = [];
  while (parts !== undefined && names.length < 8) {
    const part = readElement(parts);
    if (part === undefined) break;
    names.push(text(part));
  }
  return fact(names.join("/"));
}

function text(element: BerElement | undefined): string {
  return element === undefined ? "" : fact(element.contents.text(element.contents.remaining));
}

/** The contents of the next element, if it has this tag. */
function inside(reader: Reader | undefined, tag: number): Reader | undefined {
  if (reader?.peek() !== tag) return undefined;
  return readElement(reader)?.contents;
}

/** The contents of the first element with this tag. */
function find(reader: Reader | undefined, tag: number): Reader | undefined {
  while (reader !== undefined) {
    const element = readElement(reader);
    if (element === undefined) return undefined;
    if (element.tag === tag) return element.contents;
  }
  return undefined;
}

export const kerberos = protocol({
  name: "kerberos",
  strength: "strong",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ kerberos: { ...value } }),
});

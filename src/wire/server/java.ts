import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** What Java's own protocols answer. */

/** Java RMI wire protocol, 10.2: JRMI, version 2, StreamProtocol. */
export const rmiHandshake = Uint8Array.of(...ascii("JRMI"), 0, 2, 0x4b);

/** ProtocolAck and the client's address as the server sees it. */
export function parseRmiAck(bytes: Uint8Array): Outcome<{ readonly seenFrom: string }> {
  const reader = new Reader(bytes);
  const acknowledgement = reader.u8();
  if (!reader.overrun && acknowledgement !== 0x4e) return mismatch;
  const length = reader.u16();
  if (reader.overrun) return incomplete;
  if (length === 0 || length > 255) return mismatch;
  const host = reader.latin1(length);
  const port = reader.u32();
  if (reader.overrun) return incomplete;
  return port > 65_535 ? mismatch : match({ seenFrom: fact(host) });
}

/** JDWP: the handshake, and VirtualMachine.Version (command set 1, command 1), which changes nothing. */
export const jdwpHandshake = ascii("JDWP-Handshake");
export const jdwpVersion = Uint8Array.of(0, 0, 0, 11, 0, 0, 0, 1, 0, 1, 1);

export function parseJdwpHandshake(bytes: Uint8Array): Outcome<true> {
  const magic = startsWith(bytes, jdwpHandshake);
  return magic === "match" ? match(true) : magic === "incomplete" ? incomplete : mismatch;
}

/** Description, JDWP major and minor, the version of the virtual machine, and its name. */
export function parseJdwpVersion(bytes: Uint8Array): Outcome<{ readonly version: string; readonly name: string }> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  const id = reader.u32();
  const flags = reader.u8();
  const error = reader.u16();
  if (reader.overrun) return incomplete;
  if (id !== 1 || flags !== 0x80 || error !== 0 || length > 4096) return mismatch;
  const body = reader.view(length - 11);
  if (body.cut) return incomplete;
  body.skip(body.u32());
  body.skip(8);
  const version = body.latin1(body.u32());
  const name = body.latin1(body.u32());
  return body.overrun ? mismatch : match({ version: fact(version), name: fact(name) });
}

/** AJP 1.3: CPing. https://tomcat.apache.org/connectors-doc/ajp/ajpv13a.html */
export const ajpPing = Uint8Array.of(0x12, 0x34, 0, 1, 0x0a);

export function parseAjpPong(bytes: Uint8Array): Outcome<true> {
  const magic = startsWith(bytes, Uint8Array.of(0x41, 0x42, 0, 1, 9));
  return magic === "match" ? match(true) : magic === "incomplete" ? incomplete : mismatch;
}

/** Forward Request: GET of a page that is not there; its error page names the server. */
export const ajpGet = forwardRequest("/harbinger-asks-for-no-page");

function forwardRequest(path: string): Uint8Array {
  const text = (value: string) => [value.length >> 8, value.length & 0xff, ...ascii(value), 0];
  const body = [
    ...[2, 2],
    ...text("HTTP/1.1"),
    ...text(path),
    ...text("127.0.0.1"),
    ...[0xff, 0xff],
    ...text("localhost"),
    ...[0, 80, 0, 0, 1, 0xa0, 0x0b],
    ...text("localhost"),
    0xff,
  ];
  return Uint8Array.of(0x12, 0x34, body.length >> 8, body.length & 0xff, ...body);
}

export interface AjpAnswer {
  readonly status: number;
  readonly product?: string;
  readonly version?: string;
}

/** SEND_HEADERS with its status, then SEND_BODY_CHUNK until END_RESPONSE. */
export function parseAjpAnswer(bytes: Uint8Array): Outcome<AjpAnswer> {
  const reader = new Reader(bytes);
  let status: number | undefined;
  let text = "";
  for (let packets = 0; packets < 64; packets++) {
    const magic = reader.u16();
    const packet = reader.view(reader.u16());
    if (reader.overrun || packet.cut)
      return packets === 0 && bytes.length > 1 && magic !== 0x4142 ? mismatch : incomplete;
    if (magic !== 0x4142) return mismatch;
    const kind = packet.u8();
    if (kind === 4) status = packet.u16();
    else if (kind === 3) text += packet.latin1(packet.u16());
    else if (kind === 5) break;
    if (packet.overrun) return mismatch;
  }
  if (status === undefined) return mismatch;
  const version = /Apache Tomcat\/(\d[\w.-]*)/.exec(text)?.[1];
  return match({ status, ...(version !== undefined && { product: "Apache Tomcat", version: fact(version) }) });
}

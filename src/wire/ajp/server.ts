import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** AJP 1.3: CPing. https://tomcat.apache.org/connectors-doc/ajp/ajpv13a.html */
export const ajpPing = Uint8Array.of(0x12, 0x34, 0, 1, 0x0a);

export function parseAjpPong(bytes: Uint8Array): Outcome<true> {
  const magic = startsWith(bytes, Uint8Array.of(0x41, 0x42, 0, 1, 9));
  return magic === "match" ? match(true) : magic === "incomplete" ? incomplete : mismatch;
}

/** Forward Request: GET of a page that does not exist; the error page names the server. */
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
  readonly product?: string | undefined;
  readonly version?: string | undefined;
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
  return match({ status, product: version === undefined ? undefined : "Apache Tomcat", version: fact(version) });
}

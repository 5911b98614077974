import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/**
 * Native protocol v4: a header of nine bytes, then the body.
 * https://cassandra.apache.org/doc/latest/cassandra/_attachments/native_protocol_v4.html
 */
function request(opcode: number, body: Uint8Array): Uint8Array {
  const header = Buffer.alloc(9);
  header[0] = 4;
  header[4] = opcode;
  header.writeUInt32BE(body.length, 5);
  return Buffer.concat([header, body]);
}

export const cassandraOptions = request(5, Buffer.alloc(0));
export const cassandraStartup = request(1, Buffer.from("\0\x01\0\x0bCQL_VERSION\0\x053.0.0", "latin1"));

/** Reads `release_version` of the node itself, with consistency ONE. */
export const cassandraReleaseVersion = (() => {
  const query = Buffer.from("SELECT release_version FROM system.local", "latin1");
  const body = Buffer.alloc(4 + query.length + 3);
  body.writeUInt32BE(query.length, 0);
  query.copy(body, 4);
  body.writeUInt16BE(1, 4 + query.length);
  return request(7, body);
})();

export type CassandraAnswer = { readonly bytes: number } & (
  | { readonly kind: "supported" | "ready" | "result" }
  | { readonly kind: "authenticate"; readonly authenticator: string }
  | { readonly kind: "error"; readonly code: number; readonly text: string }
);

/** The frame that answers one of these requests. Native protocol v4, sections 2 and 4.2. */
export function parseCassandraAnswer(bytes: Uint8Array): Outcome<CassandraAnswer> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (bytes.length > 0 && (version < 0x83 || version > 0x85)) return mismatch;
  reader.skip(3);
  const opcode = reader.u8();
  const length = reader.u32();
  if (reader.overrun) return incomplete;
  if (length > 16_000) return mismatch;
  const body = reader.view(length);
  if (body.cut) return incomplete;
  const size = { bytes: 9 + length };
  if (opcode === 2) return match({ kind: "ready", ...size });
  if (opcode === 6) return match({ kind: "supported", ...size });
  if (opcode === 8) return match({ kind: "result", ...size });
  if (opcode === 3) {
    const authenticator = body.latin1(body.u16());
    return body.overrun ? mismatch : match({ kind: "authenticate", authenticator: fact(authenticator), ...size });
  }
  if (opcode !== 0) return mismatch;
  const code = body.u32();
  const text = body.latin1(body.u16());
  return body.overrun ? mismatch : match({ kind: "error", code, text: fact(text), ...size });
}

/** The version in the rows that answer {@link cassandraReleaseVersion}: their last value. "" if there is none. */
export function cassandraReleaseIn(bytes: Uint8Array): string {
  const tail = Buffer.from(bytes.subarray(Math.max(9, bytes.length - 64))).toString("latin1");
  let start = tail.length;
  while (start > 0 && /[\w.-]/.test(tail.charAt(start - 1))) start -= 1;
  const word = tail.slice(start);
  const digit = word.search(/\d/);
  return fact(/^\d+\.\d+(?:[-.]\w+)*$/.exec(digit < 0 ? "" : word.slice(digit))?.[0] ?? "");
}

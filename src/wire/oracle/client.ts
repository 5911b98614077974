import { fact, isPlain } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { Reader, wireText } from "../reader.ts";

/** The CONNECT packet of a client of Oracle's database (TNS). */
export interface OracleConnect {
  /** TNS version: 312 to 319. */
  readonly version: number;
  readonly serviceName?: string | undefined;
  readonly sid?: string | undefined;
  /** A command for the listener: `version`, `status`. */
  readonly command?: string | undefined;
  readonly program?: string | undefined;
  readonly host?: string | undefined;
  readonly user?: string | undefined;
}

const connect = 1;
const headerBytes = 8;
const fixedBytes = 28;

/**
 * Proof: a packet header with empty checksums, kind CONNECT, versions that agree, and connect data in brackets.
 * Oracle Net; the format is described by Wireshark's dissector packet-tns.c.
 */
export function parse(bytes: Uint8Array): Outcome<OracleConnect> {
  const reader = new Reader(bytes);
  const length = reader.u16();
  const checksum = reader.u16();
  if (bytes.length >= 4 && checksum !== 0) return mismatch;
  const kind = reader.u8();
  reader.u8();
  const headerChecksum = reader.u16();
  const version = reader.u16();
  const compatible = reader.u16();
  if (reader.overrun) return incomplete;
  if (length < fixedBytes || length > 8192 || kind !== connect || headerChecksum !== 0) return mismatch;
  if (version < 300 || version > 330 || compatible < 200 || compatible > version) return mismatch;
  reader.skip(12);
  const dataBytes = reader.u16();
  const dataOffset = reader.u16();
  if (reader.overrun) return incomplete;
  if (dataOffset < fixedBytes || dataBytes > 8192) return mismatch;
  // Long connect data follows in a separate packet.
  const start = dataOffset + dataBytes > length ? length + headerBytes + 2 : dataOffset;
  const data = wireText(bytes.subarray(Math.min(start, reader.end), Math.min(start + dataBytes, reader.end)), true);
  if (!isPlain(data) || (data !== "" && !data.startsWith("("))) return mismatch;
  const textOf = (name: string) => new RegExp(`\\(${name}=([^()]{1,256})\\)`, "i").exec(data)?.[1];
  const serviceName = textOf("SERVICE_NAME");
  const sid = textOf("SID");
  const command = textOf("COMMAND");
  const program = textOf("PROGRAM");
  // The host in CID is the client's; the one before it is the server's address.
  const client = data.indexOf("(CID=");
  const host = client === -1 ? undefined : /\(HOST=([^()]{1,256})\)/i.exec(data.slice(client))?.[1];
  const user = textOf("USER");
  return match(
    {
      version,
      serviceName: fact(serviceName),
      sid: fact(sid),
      command: fact(command),
      program: fact(program),
      host: fact(host),
      user: fact(user),
    },
    data.length === dataBytes,
  );
}

export const oracle = protocol({
  name: "oracle",
  strength: "strong",
  // The first byte is the high one of a length.
  firstBytes: (byte) => byte < 32,
  parse,
  describe: (value) => ({ oracle: { ...value } }),
});

import { fact, isPrintableAscii } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The first bytes of a Hadoop client. */
export interface HadoopCall {
  readonly version: number;
  /** `simple` or `sasl`. */
  readonly authentication: string;
  readonly user?: string | undefined;
  /** `org.apache.hadoop.hdfs.protocol.ClientProtocol`. */
  readonly protocol?: string | undefined;
}

const magic = ascii("hrpc");
const authentications: Readonly<Record<number, string>> = { 0: "simple", 223: "sasl" };
const maxFrameBytes = 65_536;

/**
 * Proof: `hrpc`, a version from 4 to 9, a service class and an authentication type. Hadoop, ipc/Client.java,
 * IpcConnectionContext.proto.
 */
export function parse(bytes: Uint8Array): Outcome<HadoopCall> {
  const agreement = startsWith(bytes, magic);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, magic.length);
  const version = reader.u8();
  if (reader.overrun) return incomplete;
  if (version < 4 || version > 9) return mismatch;
  reader.u8();
  const authentication = authentications[reader.u8()];
  if (reader.overrun) return incomplete;
  if (authentication === undefined) return mismatch;
  const known = { version, authentication };
  if (reader.remaining === 0) return match(known, false);
  const length = reader.u32();
  if (reader.overrun) return match(known, false);
  if (length > maxFrameBytes) return match(known);
  const frame = reader.view(length);
  if (frame.cut) return match(known, false);
  const text = frame.latin1(frame.remaining);
  // IpcConnectionContextProto: 2 is the user (1: the name), 3 is the protocol.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: numbers of fields and lengths
  const user = lengthPrefixed(text, /\u0012[\0-\u00ff]\u000a/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: numbers of fields and lengths
  const protocol = lengthPrefixed(text, /\u001a(?=[\0-\u00ff]org\.apache\.)/);
  return match({ ...known, user, protocol });
}

/** The text after the first match: a length byte, then the characters. */
function lengthPrefixed(text: string, before: RegExp): string | undefined {
  const found = before.exec(text);
  if (found === null) return undefined;
  const start = found.index + found[0].length + 1;
  const value = text.slice(start, start + text.charCodeAt(start - 1));
  return value !== "" && isPrintableAscii(value) ? fact(value) : undefined;
}

export const hadoopIpc = protocol({
  name: "hadoop-ipc",
  strength: "strong",
  firstBytes: anyOf("h"),
  parse,
  describe: (value) => ({ "hadoop-ipc": { ...value } }),
});

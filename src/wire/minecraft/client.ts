import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The handshake of a Minecraft client, or of a scanner for Minecraft servers. */
export interface MinecraftHandshake {
  /** `status`, `login`, `transfer`; `legacy-ping` of clients before 1.7. */
  readonly intent: string;
  /** The host and port that the client connects to. */
  readonly host?: string;
  readonly port?: number;
  /** Protocol version number: 765 is Minecraft 1.20.4; -1 asks for the server's version. */
  readonly protocolVersion?: number;
}

const intents: Readonly<Record<number, string>> = { 1: "status", 2: "login", 3: "transfer" };
const maxHandshakeBytes = 1100;

/**
 * Proof: a packet with an exact length, number 0, a version, a host, a port and an intent from 1 to 3.
 * https://minecraft.wiki/w/Java_Edition_protocol/Server_List_Ping
 */
export function parse(bytes: Uint8Array): Outcome<MinecraftHandshake> {
  if (bytes[0] === 0xfe) return readLegacyPing(new Reader(bytes));
  const reader = new Reader(bytes);
  const length = variableInteger(reader);
  if (length === undefined) return reader.overrun ? incomplete : mismatch;
  if (length < 7 || length > maxHandshakeBytes) return mismatch;
  const body = reader.view(length);
  const packet = body.u8();
  if (body.overrun) return incomplete;
  if (packet !== 0) return mismatch;
  const protocolVersion = variableInteger(body);
  if (protocolVersion === undefined) return body.overrun ? { kind: body.failed() } : mismatch;
  if (protocolVersion < -1 || (protocolVersion > 100_000 && protocolVersion < 0x40000000)) return mismatch;
  const hostBytes = variableInteger(body);
  if (hostBytes === undefined) return body.overrun ? { kind: body.failed() } : mismatch;
  if (hostBytes < 1 || hostBytes > length - 6) return mismatch;
  const host = body.text(hostBytes);
  const port = body.u16();
  const intent = intents[body.u8()];
  if (body.overrun) return { kind: body.failed() };
  // After a NUL Forge adds a mark, and a proxy the player's address.
  const name = host.split("\0", 1)[0] ?? "";
  if (intent === undefined || body.remaining > 0 || body.cut || !/^[^\s\p{Cc}]+$/u.test(name)) return mismatch;
  return match({ intent, host: fact(name), port, protocolVersion });
}

/**
 * 0xfe01 (1.4, 1.5), or 0xfe01fa with a message of the plug-in channel MC|PingHost (1.6). 0xfe alone (up to 1.3) is
 * incomplete.
 */
function readLegacyPing(reader: Reader): Outcome<MinecraftHandshake> {
  reader.u8();
  const second = reader.u8();
  if (reader.overrun) return incomplete;
  if (second !== 1) return mismatch;
  const value = { intent: "legacy-ping" };
  if (reader.remaining === 0) return match(value);
  if (reader.u8() !== 0xfa) return mismatch;
  const channel = utf16(reader);
  reader.u16();
  const protocolVersion = reader.u8();
  const host = utf16(reader);
  const port = reader.u32();
  if (channel !== "" && channel !== "MC|PingHost") return mismatch;
  return reader.overrun ? match(value, false) : match({ ...value, host: fact(host), port, protocolVersion });
}

function utf16(reader: Reader): string {
  const bytes = reader.take(reader.u16() * 2);
  return Buffer.from(bytes).swap16().toString("utf16le");
}

/** Seven bits per byte, the lowest first; at most five bytes, as a signed number of 32 bits. */
function variableInteger(reader: Reader): number | undefined {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.u8();
    if (reader.overrun) return undefined;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return undefined;
}

export const minecraft = protocol({
  name: "minecraft",
  strength: "medium",
  // 0xfe, or a length of one or two bytes.
  parse,
  describe: (value) => ({ minecraft: { ...value } }),
});

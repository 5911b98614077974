import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, latin1, Reader, startsWith } from "../reader.ts";

/** Servers of monitoring and control whose messages have a length before them. */

/** Zabbix: "ZBXD", flags, length, reserved; then the text. https://www.zabbix.com/documentation/current/en/manual/appendix/protocols/header_datalen */
function zabbixMessage(text: string): Uint8Array {
  const header = Buffer.from("ZBXD\x01\0\0\0\0\0\0\0\0", "latin1");
  header.writeUInt32LE(text.length, 5);
  return Buffer.concat([header, ascii(text)]);
}

export const zabbixVersionItem = zabbixMessage("agent.version");
/** What a server or proxy tells of itself to those whom `StatsAllowedIP` names; it refuses all others in words of its own. */
export const zabbixStatistics = zabbixMessage('{"request":"zabbix.stats"}');
const zabbixMagic = ascii("ZBXD");

export function parseZabbixAnswer(bytes: Uint8Array): Outcome<string> {
  const magic = startsWith(bytes, zabbixMagic);
  if (magic !== "match") return magic === "incomplete" ? incomplete : mismatch;
  const reader = new Reader(bytes, 4);
  const flags = reader.u8();
  const length = reader.u32le();
  reader.skip(4);
  if (reader.overrun) return incomplete;
  if (flags > 7 || length > 65_536) return mismatch;
  return reader.remaining < length ? incomplete : match(fact(reader.latin1(length)));
}

/** apcupsd's network information server: two bytes of length before each line; `status`. https://apcupsd.org/manual/ */
export const apcupsdStatus = Uint8Array.of(0, 6, ...ascii("status"));

export function parseApcupsdStatus(bytes: Uint8Array): Outcome<{ readonly version?: string; readonly model?: string }> {
  const reader = new Reader(bytes);
  const facts = new Map<string, string>();
  for (let lines = 0; lines < 64; lines++) {
    const length = reader.u16();
    if (reader.overrun) return facts.has("APC") || bytes.length < 2 ? incomplete : mismatch;
    if (length === 0) break;
    if (length > 128) return mismatch;
    const line = reader.latin1(length);
    if (reader.overrun) {
      return lines > 0 || "APC      :".startsWith(latin1(bytes, 2, Math.min(bytes.length, 12))) ? incomplete : mismatch;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim();
    if (lines === 0 && name !== "APC") return mismatch;
    facts.set(name, fact(line.slice(colon + 1).trim()));
  }
  if (!facts.has("APC")) return mismatch;
  const version = /^\d[\w.]*/.exec(facts.get("VERSION") ?? "")?.[0];
  const model = facts.get("MODEL");
  return match({ ...(version !== undefined && { version }), ...(model !== undefined && { model }) });
}

/** NRPE, include/common.h, packet version 2: a query for `_NRPE_CHECK`, which tells the version and runs nothing. */
export const nrpeVersionQuery = nrpePacket("_NRPE_CHECK");

function nrpePacket(command: string): Uint8Array {
  const packet = Buffer.alloc(1036);
  packet.writeUInt16BE(2, 0);
  packet.writeUInt16BE(1, 2);
  packet.write(command, 10, "latin1");
  packet.writeUInt32BE(crc32(packet), 4);
  return packet;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb88320;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A response of version 2: version, type 2, CRC, result, and text in 1024 bytes. */
export function parseNrpeAnswer(bytes: Uint8Array): Outcome<{ readonly text: string; readonly version?: string }> {
  const reader = new Reader(bytes);
  const version = reader.u16();
  const type = reader.u16();
  if (reader.overrun) return startsWith(bytes, Uint8Array.of(0, 2, 0, 2)) === "incomplete" ? incomplete : mismatch;
  if (version !== 2 || type !== 2) return mismatch;
  reader.skip(6);
  const text = reader.cString(1024);
  if (reader.overrun) return bytes.length < 1034 ? incomplete : mismatch;
  const number = /^NRPE v(\d[\w.]*)/.exec(text)?.[1];
  return match({ text: fact(text), ...(number !== undefined && { version: number }) });
}

/** Erlang's port mapper daemon, NAMES_REQ. https://www.erlang.org/doc/apps/erts/erl_dist_protocol.html */
export const epmdNames = Uint8Array.of(0, 1, 0x6e);

/** Its port, then lines `name NAME at port PORT`. It closes behind them. */
export function parseEpmdNames(
  bytes: Uint8Array,
): Outcome<{ readonly port: number; readonly names: readonly string[] }> {
  const reader = new Reader(bytes);
  const port = reader.u32();
  if (reader.overrun) return (bytes[0] ?? 0) === 0 && (bytes[1] ?? 0) === 0 ? incomplete : mismatch;
  if (port === 0 || port > 65_535) return mismatch;
  const names: string[] = [];
  for (let line = reader.line(512); line !== undefined; line = reader.line(512)) {
    const name = /^name (\S{1,255}) at port \d{1,5}$/.exec(line)?.[1];
    if (name === undefined) return mismatch;
    if (names.length < 64) names.push(name);
  }
  return reader.remaining > 0 &&
    !"name ".startsWith(latin1(bytes, reader.offset, Math.min(bytes.length, reader.offset + 5)))
    ? mismatch
    : match({ port, names });
}

/** FastCGI 1.0, 4.1: FCGI_GET_VALUES, a management record that runs nothing. */
export const fastCgiGetValues = Uint8Array.of(
  ...[1, 9, 0, 0, 0, 17, 7, 0],
  ...[15, 0],
  ...ascii("FCGI_MPXS_CONNS"),
  ...[0, 0, 0, 0, 0, 0, 0],
);

/** FCGI_GET_VALUES_RESULT, or the record that says that its type is unknown. */
export function parseFastCgiAnswer(bytes: Uint8Array): Outcome<{ readonly values: boolean }> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const type = reader.u8();
  const request = reader.u16();
  const length = reader.u16();
  reader.skip(2);
  if (reader.overrun) {
    const isOurs = (bytes[0] ?? 1) === 1 && [10, 11].includes(bytes[1] ?? 10);
    return isOurs ? incomplete : mismatch;
  }
  if (version !== 1 || (type !== 10 && type !== 11) || request !== 0 || length > 256) return mismatch;
  return match({ values: type === 10 });
}

/** Milter, libmilter/docs and mfdef.h: SMFIC_OPTNEG, version 6, no actions, no steps. */
export const milterNegotiation = Uint8Array.of(0, 0, 0, 13, 0x4f, 0, 0, 0, 6, 0, 0, 1, 0xff, 0, 0x1f, 0xff, 0xff);

export function parseMilterAnswer(bytes: Uint8Array): Outcome<{ readonly version: number }> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  const command = reader.u8();
  const version = reader.u32();
  if (reader.overrun) {
    return startsWith(bytes, Uint8Array.of(0, 0, 0, 13, 0x4f, 0, 0, 0)) === "mismatch" ? mismatch : incomplete;
  }
  return length === 13 && command === 0x4f && version >= 2 && version <= 6 ? match({ version }) : mismatch;
}

/** SANE_NET_INIT (SANE standard, 5.2.1): version 1.0.3, no user. */
export const saneInit = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 3, 0, 0, 0, 1, 0);

/** Status, and the version of the protocol. */
export function parseSaneAnswer(bytes: Uint8Array): Outcome<{ readonly status: number; readonly version: string }> {
  const reader = new Reader(bytes);
  const status = reader.u32();
  const version = reader.u32();
  if (reader.overrun) return bytes.subarray(0, 3).every((byte) => byte === 0) ? incomplete : mismatch;
  if (status > 11 || version >>> 24 !== 1 || (version & 0xffff) > 16) return mismatch;
  return match({ status, version: `${version >>> 24}.${(version >>> 16) & 0xff}.${version & 0xffff}` });
}

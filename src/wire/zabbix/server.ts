import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/**
 * Zabbix: "ZBXD", flags, length, reserved; then the text.
 * https://www.zabbix.com/documentation/current/en/manual/appendix/protocols/header_datalen
 */
function zabbixMessage(text: string): Uint8Array {
  const header = Buffer.from("ZBXD\x01\0\0\0\0\0\0\0\0", "latin1");
  header.writeUInt32LE(text.length, 5);
  return Buffer.concat([header, ascii(text)]);
}

export const zabbixVersionItem = zabbixMessage("agent.version");
/** Internal statistics of a server or proxy, for the addresses in `StatsAllowedIP`; for others the answer is an error. */
export const zabbixStatistics = zabbixMessage('{"request":"zabbix.stats"}');
const zabbixMagic = ascii("ZBXD");

/** The text of an answer. Zabbix manual, "Header and data length". */
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

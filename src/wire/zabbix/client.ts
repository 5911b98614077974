import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { readQueryLine } from "../query-line.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** A request to a Zabbix server, proxy or agent. */
export interface ZabbixRequest {
  /** To a server: `active checks`, `sender data`. */
  readonly request?: string | undefined;
  /** The monitored host. */
  readonly host?: string | undefined;
  /** To an agent: the item key: `system.run[id]`. */
  readonly key?: string | undefined;
}

const magic = ascii("ZBXD");
const maxBytes = 1_073_741_824;

/** Proof: `ZBXD`, the flags and a length. Zabbix manual, "Header and data length". */
export function parse(bytes: Uint8Array): Outcome<ZabbixRequest> {
  const agreement = startsWith(bytes, magic);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, magic.length);
  const flags = reader.u8();
  if (reader.overrun) return incomplete;
  if ((flags & 0x01) === 0 || flags > 0x07) return mismatch;
  const length = (flags & 0x04) === 0 ? reader.u32le() : Number(reader.u64le());
  reader.skip((flags & 0x04) === 0 ? 4 : 8);
  if (reader.overrun) return incomplete;
  if (length > maxBytes) return mismatch;
  const body = reader.view(length);
  // Compressed.
  if ((flags & 0x02) !== 0) return match({}, !body.cut);
  if (body.cut) return match({}, false);
  const text = body.text(Math.min(body.remaining, 4096));
  if (!text.startsWith("{")) return match({ key: fact(text.trim()) });
  const request = /"request"\s{0,4}:\s{0,4}"([^"]{1,64})"/.exec(text)?.[1];
  const host = /"host"\s{0,4}:\s{0,4}"([^"]{1,128})"/.exec(text)?.[1];
  const key = /"key"\s{0,4}:\s{0,4}"([^"]{1,256})"/.exec(text)?.[1];
  return match({
    request,
    host,
    key: fact(key),
  });
}

/**
 * If Zabbix is expected: also the bare key that old versions of `zabbix_get` send. Zabbix manual, "Passive and active agent
 * checks".
 */
export function parseExpected(bytes: Uint8Array): Outcome<ZabbixRequest> {
  const proven = parse(bytes);
  if (proven.kind !== "mismatch") return proven;
  const line = readQueryLine(bytes);
  if (line.kind !== "match") return line;
  if (!line.complete) return incomplete;
  return /^[\w.-]{1,64}(?:\[.{0,900}\])?$/.test(line.value) ? match({ key: fact(line.value) }) : mismatch;
}

export const zabbix = protocol({
  name: "zabbix",
  strength: "strong",
  firstBytes: anyOf("Z"),
  parse,
  parseExpected,
  describe: (value) => ({ zabbix: { ...value } }),
});

import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/**
 * The native API of ESPHome (https://github.com/esphome/aioesphomeapi, api.proto): an unencrypted message is a zero, the length
 * of its content, its type, and its content as Protocol Buffers. HelloRequest (1) and DeviceInfoRequest (9) are answered
 * without a login.
 */
export const esphomeHello = message(1, Uint8Array.of(0x0a, 9, ...ascii("Harbinger"), 0x10, 1, 0x18, 9));
export const esphomeDeviceInfo = message(9, new Uint8Array(0));

function message(type: number, content: Uint8Array): Uint8Array {
  return Uint8Array.of(0, content.length, type, ...content);
}

export interface EsphomeAnswer {
  /** The server requires its encryption key, and sends nothing else without it. */
  readonly isEncrypted: boolean;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  /** Only in DeviceInfoResponse. */
  readonly usesPassword?: boolean | undefined;
}

/** The reason in the answer of a server with encryption to an unencrypted message: 1, length, 1 (failure), reason. */
const refusal = ascii("Bad indicator byte");

/** HelloResponse (2), DeviceInfoResponse (10), or the refusal of a server with encryption. api.proto. */
export function parseEsphomeAnswer(bytes: Uint8Array): Outcome<EsphomeAnswer> {
  const reader = new Reader(bytes);
  const first = reader.u8();
  if (reader.overrun) return incomplete;
  if (first === 1) return parseRefusal(reader);
  if (first !== 0) return mismatch;
  const length = varint(reader);
  const type = varint(reader);
  if (reader.overrun) return bytes.length < 12 ? incomplete : mismatch;
  if (length > 4096 || (type !== 2 && type !== 10)) return mismatch;
  const content = reader.view(length);
  if (content.cut) return incomplete;
  return type === 2 ? parseHello(content) : parseDeviceInfo(content);
}

function parseRefusal(reader: Reader): Outcome<EsphomeAnswer> {
  const length = reader.u16();
  const status = reader.u8();
  const reason = reader.take(refusal.length);
  if (reader.overrun) return reader.bytes.length < refusal.length + 4 ? incomplete : mismatch;
  const isRefusal = length === refusal.length + 1 && status === 1 && Buffer.from(reason).equals(refusal);
  return isRefusal ? match({ isEncrypted: true }) : mismatch;
}

/** api_version_major 1, api_version_minor 2, server_info 3 (`name (esphome v2023.12.9)`), name 4. */
function parseHello(content: Reader): Outcome<EsphomeAnswer> {
  const fields = fieldsOf(content);
  if (fields === undefined || fields.get(1) !== 1) return mismatch;
  const [info, name] = [fields.get(3), fields.get(4)];
  const version = typeof info === "string" ? /\besphome v(\d[\w.-]{0,30})/.exec(info)?.[1] : undefined;
  return match({
    isEncrypted: false,
    name: typeof name === "string" ? fact(name) : undefined,
    version: fact(version),
  });
}

/** uses_password 1, name 2, mac_address 3, esphome_version 4. */
function parseDeviceInfo(content: Reader): Outcome<EsphomeAnswer> {
  const fields = fieldsOf(content);
  const version = fields?.get(4);
  if (fields === undefined || typeof version !== "string") return mismatch;
  const name = fields.get(2);
  return match({
    isEncrypted: false,
    usesPassword: fields.get(1) === 1,
    version: fact(version),
    name: typeof name === "string" ? fact(name) : undefined,
  });
}

/** Numbers and texts by field number; the last of a repeated field. `undefined` if the content is malformed. */
function fieldsOf(content: Reader): ReadonlyMap<number, number | string> | undefined {
  const fields = new Map<number, number | string>();
  for (let count = 0; content.remaining > 0; count++) {
    const key = varint(content);
    if (count > 128 || content.overrun) return undefined;
    if ((key & 7) === 0) fields.set(key >> 3, varint(content));
    else if ((key & 7) === 2) fields.set(key >> 3, content.text(varint(content)));
    else if ((key & 7) === 5) content.skip(4);
    else return undefined;
    if (content.overrun) return undefined;
  }
  return fields;
}

/** A number of at most 28 bits; a longer one is an overrun. */
function varint(reader: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = reader.u8();
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  reader.skip(reader.remaining + 1);
  return value;
}

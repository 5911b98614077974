import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import { functions, type ModbusFunction } from "./functions.ts";

/** A Modbus/TCP request. */
export interface ModbusRequest {
  readonly unit: number;
  readonly functionCode: number;
  /** `read-holding-registers`. */
  readonly function: string;
  /** The first coil or register, counted from zero as in the packet. */
  readonly address?: number;
  readonly quantity?: number;
}

const encapsulated = 43;
const deviceIdentification = 14;
const maxLength = 254;

/**
 * Proof: protocol identifier zero, a Modbus function, matching lengths and counts, and nothing after it but another request.
 * MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3.1.3.
 */
export function parse(bytes: Uint8Array): Outcome<ModbusRequest> {
  const reader = new Reader(bytes);
  const length = readHeader(reader);
  if (length.kind !== "match") return length;
  const body = reader.view(length.value);
  const unit = body.u8();
  const functionCode = body.u8();
  if (body.overrun) return incomplete;
  const known = functions[functionCode];
  if (known === undefined) return mismatch;
  const dataBytes = length.value - 2;
  if (known.isMore === true ? dataBytes < known.bytes : dataBytes !== known.bytes) return mismatch;
  const data = readData(body, functionCode, known, dataBytes);
  if (data.kind !== "match") return data;
  if (reader.remaining > 0 && readHeader(reader).kind === "mismatch") return mismatch;
  return match({ unit, functionCode, function: known.name, ...data.value }, !body.cut);
}

/** A transaction number, a zero, and the length of the rest. */
function readHeader(reader: Reader): Outcome<number> {
  reader.u16();
  if (reader.peek() > 0 || reader.peek(1) > 0) return mismatch;
  reader.u16();
  const length = reader.u16();
  if (reader.overrun) return incomplete;
  return length < 2 || length > maxLength ? mismatch : match(length);
}

function readData(
  body: Reader,
  functionCode: number,
  known: ModbusFunction,
  dataBytes: number,
): Outcome<Pick<ModbusRequest, "address" | "quantity">> {
  if (known.maxQuantity !== undefined) return readRange(body, functionCode, known.maxQuantity, dataBytes);
  switch (functionCode) {
    case 5:
    case 6: {
      const address = body.u16();
      const written = body.u16();
      if (body.overrun) return incomplete;
      return functionCode === 5 && written !== 0 && written !== 0xff00 ? mismatch : match({ address });
    }
    case 8: {
      const subfunction = body.u16();
      if (body.overrun) return incomplete;
      return subfunction > 20 ? mismatch : match({});
    }
    case 20:
    case 21: {
      // A byte count, then groups that begin with six.
      const byteCount = body.u8();
      const referenceType = body.u8();
      if (body.overrun) return incomplete;
      return byteCount !== dataBytes - 1 || referenceType !== 6 ? mismatch : match({});
    }
    case encapsulated: {
      const kind = body.u8();
      if (body.overrun) return incomplete;
      return kind === deviceIdentification ? match({}) : mismatch;
    }
    default:
      return body.cut ? incomplete : match({});
  }
}

/** Start and quantity; of a write, also the byte count. */
function readRange(
  body: Reader,
  functionCode: number,
  maxQuantity: number,
  dataBytes: number,
): Outcome<Pick<ModbusRequest, "address" | "quantity">> {
  const address = body.u16();
  const quantity = body.u16();
  if (body.overrun) return incomplete;
  if (quantity === 0 || quantity > maxQuantity || address + quantity > 0x10000) return mismatch;
  if (functionCode >= 15) {
    const byteCount = body.u8();
    if (body.overrun) return incomplete;
    if (byteCount !== dataBytes - 5) return mismatch;
    if (byteCount !== (functionCode === 15 ? Math.ceil(quantity / 8) : quantity * 2)) return mismatch;
  }
  return match({ address, quantity });
}

export const modbus = protocol({
  name: "modbus",
  strength: "medium",
  // The first bytes are a transaction number: any value is possible.
  parse,
  describe: (value) => ({ modbus: { ...value } }),
});

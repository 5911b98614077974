import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/**
 * Firebird (https://firebirdsql.org/file/documentation/html/en/firebirddocs/wireprotocol/firebird-wire-protocol.html, 2.1):
 * op_connect, which negotiates the protocol version. It does not log in and attaches no database.
 */
export const firebirdConnect: Uint8Array = connectRequest();

function connectRequest(): Uint8Array {
  const protocols = [10, 0xffff800b, 0xffff800d, 0xffff8010];
  const user = Uint8Array.of(1, 9, ...ascii("harbinger"), 0);
  const words = (...values: readonly number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
    return bytes;
  };
  return Buffer.concat([
    // The database name is empty.
    words(1, 19, 3, 1, 0, protocols.length, user.length - 1),
    user,
    ...protocols.map((version, at) => words(version, 1, 2, 5, at + 1)),
  ]);
}

export interface FirebirdAnswer {
  /**
   * The protocol version: 12 in Firebird 2.5, 13 and later in 3, 16 and later in 4. Absent if the server requires a login
   * first.
   */
  readonly protocolVersion?: number;
}

const accepts = new Set([3, 94, 98]);
/** op_reject, op_response, op_cont_auth. */
const [opReject, opResponse, opContinue] = [4, 9, 92];

/** op_accept, or another operation that answers op_connect. Firebird wire protocol, 2.1. */
export function parseFirebirdAnswer(bytes: Uint8Array): Outcome<FirebirdAnswer> {
  const reader = new Reader(bytes);
  const operation = reader.u32();
  if (reader.overrun) return incomplete;
  if (operation === opReject) return bytes.length === 4 ? match({}) : mismatch;
  if (accepts.has(operation)) {
    const [version, architecture, type] = [reader.u32(), reader.u32(), reader.u32()];
    const number = version & 0x7fff;
    if (reader.overrun) return incomplete;
    const isVersion = version === 10 || version >>> 15 === 0x1ffff;
    return isVersion && number < 64 && architecture < 64 && (type & 0xff) < 8
      ? match({ protocolVersion: number })
      : mismatch;
  }
  if (operation === opContinue) {
    // Data, the name of a plugin, a list of plugins, keys: each with its length.
    for (let part = 0; part < 4; part++) {
      const length = reader.u32();
      if (!reader.overrun && length > 512) return mismatch;
      reader.skip((length + 3) & ~3);
    }
    return reader.overrun ? incomplete : reader.remaining === 0 ? match({}) : mismatch;
  }
  if (operation !== opResponse) return mismatch;
  // An object, an identifier of eight bytes, data; then the error: type of argument, and number.
  reader.skip(12);
  const data = reader.u32();
  if (!reader.overrun && data > 512) return mismatch;
  reader.skip((data + 3) & ~3);
  const [kind, error] = [reader.u32(), reader.u32()];
  if (reader.overrun) return incomplete;
  return kind === 1 && error >>> 16 === 0x1400 ? match({}) : mismatch;
}

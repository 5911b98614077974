import { Reader } from "../reader.ts";

/** An object of DDM: its code point and the position of its contents. */
export interface DdmObject {
  readonly codePoint: number;
  readonly start: number;
  readonly end: number;
}

/** The code points of a client's first commands. DRDA, volume 3: DDM. */
export const codePoints = {
  exchangeServerAttributes: 0x1041,
  accessSecurity: 0x106d,
  securityCheck: 0x106e,
  accessDatabase: 0x2001,
} as const;

const magic = 0xd0;
const maxMessages = 8;
const maxParameters = 32;

/** A message (a DSS) and those parameters of its command that have arrived completely. */
export interface DdmMessage {
  readonly command: number;
  readonly parameters: readonly DdmObject[];
  readonly isWhole: boolean;
}

/** Length, 0xD0, format, correlation; then length and code point of the command. Yields `undefined` for anything else. */
export function* readMessages(bytes: Uint8Array): Generator<DdmMessage | undefined> {
  const reader = new Reader(bytes);
  for (let messages = 0; messages < maxMessages && reader.remaining > 0; messages++) {
    const start = reader.offset;
    const length = reader.u16();
    const mark = reader.u8();
    const format = reader.u8();
    reader.skip(2);
    const inner = reader.u16();
    const command = reader.u16();
    if (reader.overrun) return;
    if (length < 10 || mark !== magic || (format & 0x0f) < 1 || (format & 0x0f) > 5 || inner > length - 6) {
      yield undefined;
      return;
    }
    const parameters: DdmObject[] = [];
    const end = start + 6 + inner;
    while (reader.offset + 4 <= Math.min(end, reader.end) && parameters.length < maxParameters) {
      const at = reader.offset;
      const size = reader.u16();
      const codePoint = reader.u16();
      if (size < 4 || at + size > end) break;
      parameters.push({ codePoint, start: at + 4, end: Math.min(at + size, reader.end) });
      reader.skip(size - 4);
    }
    const isWhole = start + length <= reader.end;
    yield { command, parameters, isWhole };
    if (!isWhole) return;
    reader.offset = start + length;
  }
}

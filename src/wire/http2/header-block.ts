import type { Reader } from "../reader.ts";
import { decodeHuffman } from "./huffman.ts";
import { staticTable } from "./static-table.ts";

/** @param valueStart offset of a literal value, which ends at the block's current offset; `undefined` for an indexed one */
type OnField = (name: string, value: string, valueStart: number | undefined) => void;

type Field = readonly [name: string, value: string];

/** RFC 9113 section 6.5.2: the initial size of the table, which the first header block cannot change. */
const tableBytes = 4096;
/** RFC 7541 section 4.1. */
const entryOverheadBytes = 32;
/** An indexed field is one byte but can represent 4 KiB; a request has a few dozen fields. */
const maxFields = 256;

/**
 * Decodes the first header block of an HTTP/2 connection (HPACK, RFC 7541), and calls `onField` for each field in order.
 * @returns false if the block is cut or malformed; `onField` has been called for the fields before that
 */
export function readHeaderBlock(block: Reader, onField: OnField): boolean {
  const table: Field[] = [];
  let size = 0;
  for (let count = 0; block.remaining > 0; count++) {
    if (count === maxFields) return false;
    const first = block.peek();
    if ((first & 0xe0) === 0x20) {
      // A dynamic table size update: a smaller table only lacks entries that a correct encoder does not use any more.
      readInteger(block, 5);
      if (block.overrun) return false;
      continue;
    }
    const indexed = (first & 0x80) !== 0;
    const isAddedToTable = (first & 0xc0) === 0x40;
    const index = readInteger(block, indexed ? 7 : isAddedToTable ? 6 : 4);
    if (block.overrun) return false;
    const known = fieldAt(index, table);
    if (index !== 0 && known === undefined) return false;
    if (indexed) {
      if (known === undefined) return false;
      onField(known[0], known[1], undefined);
      continue;
    }
    const name = known?.[0] ?? readString(block);
    const stringStart = block.offset;
    const value = readString(block);
    if (name === undefined || value === undefined) return false;
    onField(name, value, stringStart + lengthBytes(block.bytes, stringStart));
    if (!isAddedToTable) continue;
    table.unshift([name, value]);
    size += name.length + value.length + entryOverheadBytes;
    while (size > tableBytes) {
      const [oldName, oldValue] = table.pop() ?? ["", ""];
      size -= oldName.length + oldValue.length + entryOverheadBytes;
    }
  }
  return !block.cut;
}

function fieldAt(index: number, table: readonly Field[]): Field | undefined {
  return index <= staticTable.length ? staticTable[index - 1] : table[index - staticTable.length - 1];
}

/** RFC 7541 section 5.1, with at most four continuation bytes: no length here is larger than 16 KiB. */
function readInteger(block: Reader, prefixBits: number): number {
  const mask = 2 ** prefixBits - 1;
  let value = block.u8() & mask;
  if (value < mask) return value;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = block.u8();
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  // Larger than any length or index, so that its next use fails.
  return Number.MAX_SAFE_INTEGER;
}

/** The size of a string's length field, which has been read already. RFC 7541 section 5.1. */
function lengthBytes(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  if (((bytes[start] ?? 0) & 0x7f) === 0x7f) {
    while ((bytes[at] ?? 0) >= 0x80) at += 1;
    at += 1;
  }
  return at - start;
}

/** RFC 7541 section 5.2. */
function readString(block: Reader): string | undefined {
  const huffman = (block.peek() & 0x80) !== 0;
  const length = readInteger(block, 7);
  const text = huffman ? decodeHuffman(block.take(length)) : block.text(length);
  return block.overrun ? undefined : text;
}

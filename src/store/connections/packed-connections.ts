/** A batch in the form that is sent to another thread: numbers and bytes without a copy, and repeated values once. */
export interface PackedConnections {
  readonly count: number;
  /**
   * {@link width} numbers a connection: facts, positions in `words` and `contents`, and where its parts are in
   * `binary`.
   */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** The values of `listener`, `ending`, `phase` and `protocol`, each once. */
  readonly words: readonly string[];
  /**
   * {@link contentWidth} numbers for what one or more connections sent: where its identification begins in `binary` (JSON, as
   * UTF-8), the length of that, and the length of the payload behind it.
   */
  readonly contents: Float64Array<ArrayBuffer>;
  readonly binary: Uint8Array<ArrayBuffer>;
}

/** The columns of a stored connection, in the order in which {@link PackedReader} gives its cells. */
export const connectionColumns = [
  "id",
  "at",
  "listener",
  "peer",
  "peer_port",
  "local",
  "local_port",
  "via",
  "via_port",
  "ending",
  "duration_ms",
  "bytes",
  "phase",
  "protocol",
  "identification",
  "payload",
  "content",
  "rowid",
] as const;

export type ConnectionCell = string | number | Uint8Array | null;

/** Numbers of one connection. */
export const width = 16;
/** Numbers of one content. */
export const contentWidth = 3;

/** The buffers of a batch that are transferred to another thread instead of copied. */
export function transferables({ numbers, contents, binary }: PackedConnections): ArrayBuffer[] {
  return [numbers.buffer, contents.buffer, binary.buffer];
}

/** What the connections of a batch sent: one entry or more for each content, in the order of its places. */
export function packedContents({ count, numbers, contents, binary }: PackedConnections): PackedContent[] {
  const found: PackedContent[] = [];
  for (let at = 0; at < contents.length; at += contentWidth) {
    const start = contents[at] ?? 0;
    const identificationBytes = contents[at + 1] ?? 0;
    const end = start + identificationBytes + (contents[at + 2] ?? 0);
    found.push({ bytes: binary.subarray(start, end), identificationBytes, uses: 0 });
  }
  for (let place = 0; place < count * width; place += width) {
    const content = found[numbers[place + 10] ?? 0];
    if (content !== undefined) content.uses += 1;
  }
  return found;
}

export interface PackedContent {
  /** The identification, and the payload behind it. */
  readonly bytes: Uint8Array;
  readonly identificationBytes: number;
  /** How many connections of the batch sent it. */
  uses: number;
}

/** Time of the latest connection of a batch. */
export function lastAt({ count, numbers }: PackedConnections): number {
  let last = 0;
  for (let place = 0; place < count * width; place += width) last = Math.max(last, numbers[place] ?? 0);
  return last;
}

/** Time of the earliest connection of a batch; infinite without any. */
export function firstAt({ count, numbers }: PackedConnections): number {
  let first = Number.POSITIVE_INFINITY;
  for (let place = 0; place < count * width; place += width) first = Math.min(first, numbers[place] ?? 0);
  return first;
}

const empty = new Uint8Array(0);

/** Reads the connections of a batch, one after the other, as the database takes them. */
export class PackedReader {
  readonly #packed: PackedConnections;
  readonly #places: readonly (number | undefined)[];
  readonly #text: Buffer;
  #place = 0;
  #position = 0;
  #next: number;

  /**
   * @param options `places`: row ids of the batch's contents in the database; `undefined` for content that goes into the
   * connection's own row. `firstNumber`: `rowid` of the first connection
   */
  constructor(
    packed: PackedConnections,
    options: { readonly places: readonly (number | undefined)[]; readonly firstNumber: number },
  ) {
    this.#packed = packed;
    this.#places = options.places;
    this.#next = options.firstNumber;
    this.#text = Buffer.from(packed.binary.buffer, packed.binary.byteOffset, packed.binary.byteLength);
  }

  /**
   * Puts the cells of the next connection behind those that `cells` has, in the order of {@link connectionColumns}.
   * @returns the size of its content, where that is in its own row
   */
  appendTo(cells: ConnectionCell[]): number {
    this.#position = this.#number(11);
    const idEnd = this.#position + this.#number(12);
    const id = this.#text.toString("utf8", this.#position, idEnd);
    this.#position = idEnd;
    const peer = this.#bytes(13);
    const local = this.#bytes(14);
    const via = this.#number(15) === 0 ? null : this.#bytes(15);
    const viaPort = via === null ? null : this.#number(5);
    cells.push(id, this.#number(0), this.#word(6), peer, this.#number(3), local, this.#number(4), via, viaPort);
    cells.push(this.#word(7), this.#number(1), this.#number(2), this.#word(8), this.#word(9));
    const content = this.#number(10);
    this.#place += width;
    const bytes = this.#appendContent(cells, content);
    cells.push(this.#next);
    this.#next += 1;
    return bytes;
  }

  #appendContent(cells: ConnectionCell[], content: number): number {
    const place = this.#places[content];
    if (place !== undefined) {
      cells.push("", empty, place);
      return 0;
    }
    const { contents, binary } = this.#packed;
    const at = content * contentWidth;
    const start = contents[at] ?? 0;
    const middle = start + (contents[at + 1] ?? 0);
    const end = middle + (contents[at + 2] ?? 0);
    cells.push(this.#text.toString("utf8", start, middle), binary.subarray(middle, end), null);
    return end - start;
  }

  #number(index: number): number {
    return this.#packed.numbers[this.#place + index] ?? 0;
  }

  #word(index: number): string {
    return this.#packed.words[this.#number(index)] ?? "";
  }

  #bytes(index: number): Uint8Array {
    const start = this.#position;
    this.#position += this.#number(index);
    return this.#packed.binary.subarray(start, this.#position);
  }
}

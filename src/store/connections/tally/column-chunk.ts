/** Connections of one chunk at most. */
export const chunkRows = 50_000;

/** What is counted of one connection: its time, and the numbers of its words in the tables of the tally. */
export interface CountedRow {
  readonly at: number;
  readonly listener: number;
  readonly protocol: number;
  readonly port: number;
  readonly peer: number;
  readonly fingerprint: number;
}

/** Some connections as columns: 19 bytes each, and a million of them are counted within a few milliseconds. */
export class ColumnChunk {
  readonly at = new Float64Array(chunkRows);
  readonly listener = new Uint16Array(chunkRows);
  readonly protocol = new Uint8Array(chunkRows);
  readonly port = new Uint16Array(chunkRows);
  readonly peer = new Uint32Array(chunkRows);
  readonly fingerprint = new Uint16Array(chunkRows);
  count = 0;
  firstAt = Number.POSITIVE_INFINITY;
  lastAt = Number.NEGATIVE_INFINITY;

  get isFull(): boolean {
    return this.count >= chunkRows;
  }

  add(row: CountedRow): void {
    const place = this.count;
    this.at[place] = row.at;
    this.listener[place] = row.listener;
    this.protocol[place] = row.protocol;
    this.port[place] = row.port;
    this.peer[place] = row.peer;
    this.fingerprint[place] = row.fingerprint;
    this.count = place + 1;
    this.firstAt = Math.min(this.firstAt, row.at);
    this.lastAt = Math.max(this.lastAt, row.at);
  }
}

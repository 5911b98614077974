import { hash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";
import { connectionBytes } from "./connection-bytes.ts";
import { lastAt, type PackedConnections, packedContents } from "./packed-connections.ts";

/** Where the contents of a batch are stored, and which are new. */
export interface PlacedContents {
  /**
   * Row numbers of `contents`, by place in the batch; `undefined` for content that came for the first time: it goes
   * into its connection's row.
   */
  readonly places: readonly (number | undefined)[];
  /** Bytes added to `contents`. */
  readonly newBytes: number;
  /** Pass to {@link Contents.remember} once the batch is stored. */
  readonly keys: Iterable<string>;
}

/** In one statement; few sizes, so that their statements stay prepared. */
const atOnce = [64, 8, 1];
/** Of SHA-256: enough to rule out deliberate collisions. */
const hashBytes = 20;
/** This many to twice as many keys are kept: a megabyte at most. */
const generationSize = 4096;

interface Content {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly identificationBytes: number;
  uses: number;
  id: number | undefined;
}

/**
 * Stores repeated content once, by its hash: a flood repeats itself. New content goes into its connection's row,
 * because most of it never repeats, and a separate row with two index entries costs three times as much: where all
 * requests differ, 31 instead of 10 microseconds of the database thread per connection. `last_at` is the time of the
 * latest connection with that content, so it can be deleted together with that connection.
 */
export class Contents {
  #young = new Set<string>();
  #old = new Set<string>();

  /** Changes nothing but the database: the transaction may be repeated. */
  async place(transaction: Kysely<Tables>, packed: PackedConnections): Promise<PlacedContents> {
    const known = new Map<string, Content>();
    const ofPlaces: Content[] = [];
    for (const { bytes, identificationBytes, uses } of packedContents(packed)) {
      const key = hash("sha256", bytes, "binary").slice(0, hashBytes);
      let content = known.get(key);
      if (content === undefined) {
        content = { key, bytes, identificationBytes, uses: 0, id: undefined };
        known.set(key, content);
      }
      content.uses += uses;
      ofPlaces.push(content);
    }
    const repeated = [...known.values()].filter(
      ({ key, uses }) => uses > 1 || this.#young.has(key) || this.#old.has(key),
    );
    const last = lastAt(packed);
    for (const part of inParts(repeated)) await find(transaction, { part, known, lastAt: last });
    const missing = repeated.filter(({ id }) => id === undefined);
    for (const part of inParts(missing)) await insert(transaction, { part, known, lastAt: last });
    const newBytes = missing.reduce((total, { bytes }) => total + connectionBytes.contentOverhead + bytes.length, 0);
    return { places: ofPlaces.map(({ id }) => id), newBytes, keys: known.keys() };
  }

  /** Content with one of these keys counts as repeated from now on. */
  remember(keys: Iterable<string>): void {
    for (const key of keys) {
      if (this.#young.size >= generationSize) {
        this.#old = this.#young;
        this.#young = new Set();
      }
      this.#young.add(key);
    }
  }
}

interface Part {
  readonly part: readonly Content[];
  readonly known: ReadonlyMap<string, Content>;
  readonly lastAt: number;
}

async function find(transaction: Kysely<Tables>, { part, known, lastAt }: Part): Promise<void> {
  const hashes = sql.join(part.map(({ key }) => Buffer.from(key, "latin1")));
  const { rows } = await sql<{ id: number; hash: Uint8Array }>`
    select id, hash from contents where hash in (${hashes})`.execute(transaction);
  if (rows.length === 0) return;
  note(rows, known);
  await sql`
    update contents set last_at = ${lastAt} where hash in (${hashes}) and last_at < ${lastAt}`.execute(transaction);
}

async function insert(transaction: Kysely<Tables>, { part, known, lastAt }: Part): Promise<void> {
  const values = part.map(({ key, bytes, identificationBytes }) => {
    const identification = Buffer.from(bytes.subarray(0, identificationBytes)).toString("utf8");
    return sql`(${Buffer.from(key, "latin1")}, ${identification}, ${bytes.subarray(identificationBytes)}, ${lastAt})`;
  });
  const { rows } = await sql<{ id: number; hash: Uint8Array }>`
    insert into contents (hash, identification, payload, last_at) values ${sql.join(values)}
    returning id, hash`.execute(transaction);
  note(rows, known);
}

function note(rows: readonly { readonly id: number; readonly hash: Uint8Array }[], known: Part["known"]): void {
  for (const { id, hash: found } of rows) {
    const content = known.get(Buffer.from(found.buffer, found.byteOffset, found.byteLength).toString("latin1"));
    if (content !== undefined) content.id = id;
  }
}

function* inParts(contents: readonly Content[]): Generator<readonly Content[]> {
  let start = 0;
  for (const size of atOnce) {
    for (; contents.length - start >= size; start += size) yield contents.slice(start, start + size);
  }
}

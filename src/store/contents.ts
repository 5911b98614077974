import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { connectionBytes } from "./connection-bytes.ts";
import { type PackedConnections, packedContents } from "./packed-connections.ts";
import type { Tables } from "./tables.ts";

/** Where what each connection of a batch sent stands, and what was new of it. */
export interface PlacedContents {
  /** Row numbers of `contents`, one for each connection. */
  readonly places: readonly number[];
  readonly newBytes: number;
}

/** In one statement; few sizes, so that their statements stay prepared. */
const atOnce = [64, 8, 1];
/** Of SHA-256: enough that nobody makes two payloads with the same. */
const hashBytes = 20;

interface Content {
  readonly hash: Uint8Array;
  readonly identification: string;
  readonly payload: Uint8Array;
  id: number | undefined;
}

/**
 * Stores what the connections of a batch sent, each content once, by its hash: a flood says the same again and again. A
 * content is as young as the youngest connection that has it (`last_at`), so it can go with the last of them.
 */
export async function placeContents(transaction: Kysely<Tables>, packed: PackedConnections): Promise<PlacedContents> {
  const known = new Map<string, Content>();
  const ofRows: Content[] = [];
  let lastAt = 0;
  const identificationHashes: (Buffer | undefined)[] = [];
  for (const { at, word, payload } of packedContents(packed)) {
    lastAt = Math.max(lastAt, at);
    const identification = packed.words[word] ?? "";
    identificationHashes[word] ??= createHash("sha256").update(identification).digest();
    const hash = createHash("sha256")
      .update(identificationHashes[word])
      .update(payload)
      .digest()
      .subarray(0, hashBytes);
    const key = hash.toString("latin1");
    let content = known.get(key);
    if (content === undefined) {
      content = { hash, identification, payload, id: undefined };
      known.set(key, content);
    }
    ofRows.push(content);
  }
  for (const part of inParts([...known.values()])) await find(transaction, { part, known, lastAt });
  const missing = [...known.values()].filter(({ id }) => id === undefined);
  for (const part of inParts(missing)) await insert(transaction, { part, known, lastAt });
  const newBytes = missing.reduce(
    (total, { identification, payload }) =>
      total + connectionBytes.contentOverhead + Buffer.byteLength(identification) + payload.length,
    0,
  );
  return { places: ofRows.map(({ id }) => id ?? 0), newBytes };
}

interface Part {
  readonly part: readonly Content[];
  readonly known: ReadonlyMap<string, Content>;
  readonly lastAt: number;
}

async function find(transaction: Kysely<Tables>, { part, known, lastAt }: Part): Promise<void> {
  const hashes = sql.join(part.map(({ hash }) => hash));
  const { rows } = await sql<{ id: number; hash: Uint8Array }>`
    select id, hash from contents where hash in (${hashes})`.execute(transaction);
  if (rows.length === 0) return;
  note(rows, known);
  await sql`
    update contents set last_at = ${lastAt} where hash in (${hashes}) and last_at < ${lastAt}`.execute(transaction);
}

async function insert(transaction: Kysely<Tables>, { part, known, lastAt }: Part): Promise<void> {
  const values = part.map(
    ({ hash, identification, payload }) => sql`(${hash}, ${identification}, ${payload}, ${lastAt})`,
  );
  const { rows } = await sql<{ id: number; hash: Uint8Array }>`
    insert into contents (hash, identification, payload, last_at) values ${sql.join(values)}
    returning id, hash`.execute(transaction);
  note(rows, known);
}

function note(rows: readonly { readonly id: number; readonly hash: Uint8Array }[], known: Part["known"]): void {
  for (const { id, hash } of rows) {
    const content = known.get(Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString("latin1"));
    if (content !== undefined) content.id = id;
  }
}

function* inParts(contents: readonly Content[]): Generator<readonly Content[]> {
  let start = 0;
  for (const size of atOnce) {
    for (; contents.length - start >= size; start += size) yield contents.slice(start, start + size);
  }
}

/**
 * Counts stored connections for summaries. What is counted is kept in memory as columns (`tally-table.ts`): the first summary
 * reads the rows of its time span, a later one only those that were recorded since, and those of an earlier time if it
 * begins there. So a summary of any span, with any conditions, is exact and needs milliseconds; and it costs nothing when
 * connections are recorded.
 */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { ConnectionSummary, ConnectionSummaryQuery } from "../../../core/connection-store.ts";
import type { Database, Dialect } from "../../database.ts";
import { connectionNumber } from "../../events/counters.ts";
import type { Tables } from "../../tables.ts";
import { knownAmong } from "../known-sources.ts";
import { parseOrigin } from "../origin-text.ts";
import { type CountedPeer, summarise } from "./count-connections.ts";
import { type TalliedConnection, TallyTable } from "./tally-table.ts";
import { fingerprintIn } from "./tally-words.ts";

/** Rows of one read: on PostgreSQL they are parsed where everything else runs. */
const pageRows = 500;
const originsAtOnce = 250;
/** Contents whose fingerprints are kept; then all are forgotten, and read again when they repeat. */
const maxContents = 20_000;
/** Peers without an origin so far, and how often it is looked for: enrichment follows seconds after the connection. */
const maxPending = 20_000;
const pendingAtOnce = 1000;
const pendingAttempts = 100;

export class ConnectionTally {
  readonly #database: Database;
  readonly #maxRows: number | undefined;
  #state: TallyState;
  /** One summary at a time: each changes the state. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(database: Database, options: { readonly maxRows?: number } = {}) {
    this.#database = database;
    this.#maxRows = options.maxRows;
    this.#state = newState(this.#maxRows);
  }

  summary(query: ConnectionSummaryQuery): Promise<ConnectionSummary> {
    const result = this.#last.then(() => this.#summary(query));
    this.#last = result.catch(() => {
      // A read that was cut off: which of its rows were counted is not known.
      this.#state = newState(this.#maxRows);
    });
    return result;
  }

  async #summary(query: ConnectionSummaryQuery): Promise<ConnectionSummary> {
    await this.#readNew();
    const oldest = await this.#database.read(oldestTime);
    if (oldest !== undefined) this.#forgetPruned(oldest);
    await this.#readEarlier(Math.max(query.since, oldest ?? Number.MAX_SAFE_INTEGER));
    await this.#readPendingOrigins();
    const { table, from } = this.#state;
    const first = Math.max(query.since, oldest ?? Number.MAX_SAFE_INTEGER);
    const { peers, ...summary } = await summarise(table, { ...query, since: Math.max(first, from) });
    return {
      ...summary,
      peers: await this.#database.read((reader) => described(reader, this.#database.dialect, peers)),
      countedSince: oldest !== undefined && from > first ? from : undefined,
    };
  }

  /** What was recorded since the last summary, in the order in which it was recorded. */
  async #readNew(): Promise<void> {
    const last = await this.#database.read((reader) => connectionNumber.last(reader));
    // Another database is in its place, such as one from a backup.
    if (last < (this.#state.last ?? 0)) this.#state = newState(this.#maxRows);
    const state = this.#state;
    let after = state.last ?? last;
    while (after < last) {
      const rows = await this.#database.read((reader) =>
        selectRows(reader, sql`where c.rowid > ${after} and c.rowid <= ${last} order by c.rowid`),
      );
      // Those of an earlier time are read where a summary begins there.
      await this.#add(
        rows.filter(({ at }) => at >= state.from),
        "recent",
      );
      after = rows.length < pageRows ? last : (rows.at(-1)?.number ?? last);
    }
    state.last = last;
  }

  /** Pruning deletes the oldest connections first. */
  #forgetPruned(oldest: number): void {
    const { table, isCut } = this.#state;
    table.dropBefore(oldest);
    // There is room again for those that did not fit.
    if (isCut && table.isHalfEmpty) this.#state = { ...newState(this.#maxRows), last: this.#state.last };
  }

  /** From `since` to what is there already, the latest first. */
  async #readEarlier(since: number): Promise<void> {
    const state = this.#state;
    let before = { at: state.from, number: 0 };
    while (since < state.from && !state.isCut) {
      if (state.table.isFull) {
        state.isCut = true;
        return;
      }
      const { at, number } = before;
      const rows = await this.#database.read((reader) =>
        selectRows(
          reader,
          sql`where (c.at, c.rowid) < (${at}, ${number}) and c.at >= ${since} and c.rowid <= ${state.last ?? 0}
            order by c.at desc, c.rowid desc`,
        ),
      );
      await this.#add(rows, "earlier");
      const end = rows.at(-1);
      if (end === undefined || rows.length < pageRows) {
        state.from = since;
        return;
      }
      before = { at: end.at, number: end.number };
      // Further rows of that millisecond may follow.
      state.from = end.at + 1;
    }
  }

  async #add(rows: readonly TallyRow[], age: "recent" | "earlier"): Promise<void> {
    const state = this.#state;
    const fingerprints = await this.#fingerprintsOf(rows);
    for (const row of rows) {
      const connection: TalliedConnection = {
        at: row.at,
        listener: row.listener,
        protocol: row.protocol,
        port: row.local_port,
        peer: row.peer,
        fingerprint: row.content === null ? fingerprintIn(row.identification) : (fingerprints.get(row.content) ?? ""),
      };
      const from = state.table.add(connection, age);
      if (from === undefined) continue;
      state.isCut = true;
      state.from = Math.max(state.from, from);
    }
    const peers = new Map<string, PendingPeer>();
    for (const { peer } of rows) {
      const text = keyText(peer);
      // Of a peer that comes again its origin may have changed; rows from before tell nothing new.
      if (peers.has(text) || (age === "earlier" && state.table.hasOrigin(peer))) continue;
      peers.set(text, { text, key: new Uint8Array(peer), attempts: pendingAttempts });
    }
    await this.#readOrigins([...peers.values()]);
  }

  async #fingerprintsOf(rows: readonly TallyRow[]): Promise<ReadonlyMap<number, string>> {
    const { contents } = this.#state;
    const needed = new Set(rows.flatMap(({ content }) => content ?? []));
    const missing = [...needed].filter((content) => !contents.has(content));
    if (contents.size + missing.length > maxContents) contents.clear();
    const unknown = [...needed].filter((content) => !contents.has(content));
    if (unknown.length === 0) return contents;
    const found = await this.#database.read(async (reader) => {
      const { rows } = await sql<{ id: number; identification: string }>`
        select id, identification from contents where id in (select value from ${this.#database.dialect.integers(unknown)})`.execute(
        reader,
      );
      return rows;
    });
    for (const { id, identification } of found) contents.set(Number(id), fingerprintIn(identification));
    return contents;
  }

  async #readPendingOrigins(): Promise<void> {
    const { pending } = this.#state;
    const peers = [...pending.values()].slice(0, pendingAtOnce);
    for (const { text } of peers) pending.delete(text);
    await this.#readOrigins(
      peers.filter(({ attempts }) => attempts > 1).map((peer) => ({ ...peer, attempts: peer.attempts - 1 })),
    );
  }

  async #readOrigins(peers: readonly PendingPeer[]): Promise<void> {
    const { table, pending } = this.#state;
    for (let start = 0; start < peers.length; start += originsAtOnce) {
      const part = peers.slice(start, start + originsAtOnce);
      const rows = await this.#database.read((reader) =>
        reader
          .selectFrom("origins")
          .select(["address", "origin"])
          .where(
            "address",
            "in",
            part.map(({ key }) => key),
          )
          .execute(),
      );
      const found = new Set<string>();
      for (const { address, origin } of rows) {
        const { countryCode, country, asn, organization } = parseOrigin(origin);
        table.setOrigin(table.peers.numberOf(address), { countryCode, country, asn, organization });
        found.add(keyText(address));
      }
      for (const peer of part) {
        if (found.has(peer.text)) pending.delete(peer.text);
        else if (pending.size < maxPending) pending.set(peer.text, peer);
      }
    }
  }
}

interface TallyState {
  readonly table: TallyTable;
  /** All connections from this time on are in the table, as far as they were recorded up to number `last`. */
  from: number;
  last: number | undefined;
  /** There was no room for earlier connections. */
  isCut: boolean;
  /** Fingerprints by content. */
  readonly contents: Map<number, string>;
  readonly pending: Map<string, PendingPeer>;
}

interface PendingPeer {
  readonly text: string;
  readonly key: Uint8Array;
  readonly attempts: number;
}

function newState(maxRows: number | undefined): TallyState {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  return {
    table: new TallyTable({ seed, ...(maxRows !== undefined && { maxRows }) }),
    from: Number.MAX_SAFE_INTEGER,
    last: undefined,
    isCut: false,
    contents: new Map(),
    pending: new Map(),
  };
}

interface TallyRow {
  readonly number: number;
  readonly at: number;
  readonly listener: string;
  readonly peer: Uint8Array;
  readonly local_port: number;
  readonly protocol: string;
  readonly content: number | null;
  readonly identification: string;
}

async function selectRows(reader: Kysely<Tables>, condition: RawBuilder<unknown>): Promise<readonly TallyRow[]> {
  const { rows } = await sql<TallyRow>`
    select c.rowid as number, c.at, c.listener, c.peer, c.local_port, c.protocol, c.content, c.identification
    from connections c ${condition} limit ${sql.lit(pageRows)}`.execute(reader);
  return rows;
}

async function oldestTime(reader: Kysely<Tables>): Promise<number | undefined> {
  const { rows } = await sql<{ at: number | null }>`select min(at) as at from connections`.execute(reader);
  return rows[0]?.at ?? undefined;
}

/** With what is known of each: its origin, and whether it is in an own network. */
async function described(reader: Kysely<Tables>, dialect: Dialect, peers: readonly CountedPeer[]) {
  if (peers.length === 0) return [];
  const rows = await reader
    .selectFrom("origins")
    .select(["address", "origin"])
    .where(
      "address",
      "in",
      peers.map(({ key }) => key),
    )
    .execute();
  const origins = new Map(rows.map(({ address, origin }) => [keyText(address), parseOrigin(origin)]));
  const known = await knownAmong(
    reader,
    dialect,
    peers.map(({ address, firstAt, lastAt }) => ({ address, from: firstAt, to: lastAt })),
  );
  return peers.map(({ key, firstAt: _, ...peer }, place) => ({
    ...peer,
    origin: origins.get(keyText(key)),
    ...known[place],
  }));
}

function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}

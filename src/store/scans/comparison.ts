import { sql } from "kysely";
import { type Coverage, coverageTest } from "../../core/coverage.ts";
import { formatHistory, type Observation, observe, parsePresence } from "../../core/presence.ts";
import type { PresenceState } from "../../core/store.ts";
import { addressOf, portOf } from "../keys/endpoint.ts";
import { ipv6Join } from "../keys/ipv6-join.ts";
import type { FinishContext } from "./finish-context.ts";

/** Services read at once; each is then processed alone. */
const pageSize = 5000;

interface PresenceRow {
  readonly endpoint: number;
  readonly ipv6: string | null;
  readonly state: PresenceState;
  readonly misses: number;
  readonly history: string | null;
  readonly first_seen: number;
  readonly last_seen: number;
}

/** The step of recording a scan that updates services that the watch knows: see presence.ts for the states. */
export class Comparison {
  readonly #context: FinishContext;
  readonly #movesReference: boolean;
  readonly #pageSize: number;

  /** @param movesReference `watches.seen_at` becomes the time of this scan */
  constructor(context: FinishContext, movesReference: boolean) {
    this.#context = context;
    this.#movesReference = movesReference;
    this.#pageSize = pageSize;
  }

  /** Services that were sighted and are not simply present. */
  async observeSighted(): Promise<void> {
    const { transaction, staging, watchId, seenAt } = this.#context;
    for (let after = -1; ; ) {
      const { rows } = await sql<PresenceRow>`
        select p.endpoint, null as ipv6, p.state, p.misses, p.history, p.first_seen,
          coalesce(p.last_seen, ${sql.lit(seenAt)}) as last_seen
        from presence p
        where p.watch_id = ${watchId} and p.endpoint > ${after} and p.state in ('gone', 'flapping')
          and exists (select 1 from ${staging.sighted} s where s.endpoint = p.endpoint)
        order by p.endpoint limit ${this.#pageSize}`.execute(transaction);
      await this.#apply(rows, "sighted");
      const last = rows.at(-1);
      if (last === undefined || rows.length < this.#pageSize) return;
      after = last.endpoint;
    }
  }

  /** Services that were not sighted: they are missed where the scan covered them. */
  async observeUnsighted(): Promise<void> {
    const { transaction, staging, watchId, seenAt, everyPort } = this.#context;
    const unsighted = await staging.createKeyed(
      transaction,
      "unsighted",
      sql`select p.endpoint from presence p where p.watch_id = ${sql.lit(watchId)}
        and not exists (select 1 from ${staging.sighted} s where s.endpoint = p.endpoint)`,
    );
    if (this.#movesReference) {
      // They were not seen now, so the time of the watch is not theirs.
      await sql`
        update presence set last_seen = ${sql.lit(seenAt)}
        where watch_id = ${watchId} and last_seen is null and endpoint in (select u.endpoint from ${unsighted} u)`.execute(
        transaction,
      );
    }
    const coverage = this.#coverage();
    if (coverage.kind === "none") return;
    const covers = coverageTest(coverage);
    // The single ports of a host on which every port answers are neither sighted nor missed.
    const exceptSingles =
      everyPort === undefined
        ? sql``
        : sql`and not exists (select 1 from ${everyPort} e where e.endpoint = u.endpoint - u.endpoint % 65536)`;
    for (let after = -1; ; ) {
      const { rows } = await sql<PresenceRow>`
        select p.endpoint, a.address as ipv6, p.state, p.misses, p.history, p.first_seen,
          coalesce(p.last_seen, ${sql.lit(seenAt)}) as last_seen
        from ${unsighted} u cross join presence p
        ${ipv6Join("p")}
        where u.endpoint > ${after} and p.watch_id = ${watchId} and p.endpoint = u.endpoint and p.state in ('present', 'flapping')
          ${exceptSingles}
        order by u.endpoint limit ${this.#pageSize}`.execute(transaction);
      const missed = rows.filter((row) => covers(addressOf(row.endpoint, row.ipv6), portOf(row.endpoint)));
      await this.#countMisses(missed.filter((row) => this.#onlyCounts(row)));
      await this.#apply(
        missed.filter((row) => !this.#onlyCounts(row)),
        "missed",
      );
      const last = rows.at(-1);
      if (last === undefined || rows.length < this.#pageSize) return;
      after = last.endpoint;
    }
  }

  /** Records that the sighted services are present now; runs after the two steps above. */
  async refreshSighted(): Promise<void> {
    const { transaction, staging, watchId, outcome } = this.#context;
    if (this.#movesReference) {
      await sql`
        update presence set last_seen = null, misses = 0,
          state = case state when 'inherited' then 'present' else state end
        where watch_id = ${watchId} and (last_seen is not null or misses > 0 or state = 'inherited')
          and exists (select 1 from ${staging.sighted} s where s.endpoint = presence.endpoint)`.execute(transaction);
    } else {
      await sql`
        update presence set last_seen = ${sql.lit(outcome.at)}, misses = 0,
          state = case state when 'inherited' then 'present' else state end
        where watch_id = ${watchId} and endpoint in (select s.endpoint from ${staging.sighted} s)`.execute(transaction);
    }
  }

  /** A failed scan covers nothing, so no service counts as missed. */
  #coverage(): Coverage {
    const { outcome } = this.#context;
    return outcome.status === "failed" ? { kind: "none" } : outcome.coverage;
  }

  /** A miss that is not yet enough: the common case after an outage, and the same for all such services. */
  #onlyCounts(row: PresenceRow): boolean {
    return row.state === "present" && row.misses + 1 < this.#context.outcome.policy.goneAfter;
  }

  async #countMisses(rows: readonly PresenceRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { transaction, staging, watchId } = this.#context;
    const endpoints = staging.dialect.integers(rows.map((row) => row.endpoint));
    await sql`
      update presence set misses = misses + 1
      where watch_id = ${watchId} and endpoint in (select i.value from ${endpoints})`.execute(transaction);
  }

  async #apply(rows: readonly PresenceRow[], observation: Observation): Promise<void> {
    if (rows.length === 0) return;
    const { transaction, staging, watchId, scanId, outcome } = this.#context;
    const changes = rows.map((row) => {
      const before = parsePresence(row.state, row.misses, row.history);
      const { presence, change, isQuiet } = observe(before, observation, outcome.at, outcome.policy);
      return [
        row.endpoint,
        presence.state,
        presence.misses,
        formatHistory(presence),
        change ?? null,
        isQuiet ? 1 : 0,
        row.first_seen,
        row.last_seen,
      ] as const;
    });
    // An upsert, although every row exists: unlike an update from a list it always goes by primary key.
    await sql`
      insert into presence (watch_id, endpoint, state, misses, history, first_seen, last_seen)
      select ${sql.lit(watchId)}, cast(r.value ->> 0 as bigint), r.value ->> 1, cast(r.value ->> 2 as bigint),
        r.value ->> 3, cast(r.value ->> 6 as bigint), cast(r.value ->> 7 as bigint)
      from ${staging.dialect.rows(changes)}
      where true
      on conflict (watch_id, endpoint) do update set state = excluded.state, misses = excluded.misses,
        history = excluded.history, last_seen = coalesce(presence.last_seen, excluded.last_seen)`.execute(transaction);
    const news = changes.filter((row) => row[4] !== null);
    if (news.length === 0) return;
    await sql`
      insert into discoveries (watch_id, scan_id, kind, at, endpoint, first_seen, last_seen, is_first_scan, is_quiet)
      select ${sql.lit(watchId)}, ${sql.lit(scanId)}, r.value ->> 4, ${sql.lit(outcome.at)},
        cast(r.value ->> 0 as bigint), cast(r.value ->> 6 as bigint), cast(r.value ->> 7 as bigint), 0,
        cast(r.value ->> 5 as smallint)
      from ${staging.dialect.rows(news)}`.execute(transaction);
  }
}

import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { DeliverySummary } from "../../core/delivery.ts";
import { HarbingerError, messageOf } from "../../core/errors.ts";
import { type EventId, isAfter, type StoreEvent } from "../../core/event.ts";
import type { Log } from "../../core/log.ts";
import type { WatchState } from "../../core/running-state.ts";
import type { Store } from "../../core/store.ts";
import { watchEvents } from "../../core/watch-events.ts";
import type { ScanProgress } from "../context.ts";
import type { EventStream } from "./event-stream.ts";
import { type ChangedList, changeBytes, eventBytes, progressBytes, watchBytes } from "./event-text.ts";

export interface EventHubOptions {
  readonly store: Pick<Store, "events">;
  readonly clock: Clock;
  readonly log: Log;
  /** Hides recipients that are secrets. */
  readonly shown: (delivery: DeliverySummary) => DeliverySummary;
  readonly watchProgress: (listener: (progress: ScanProgress) => void) => Disposable;
  readonly watchChanges: (listener: (name: string) => void) => Disposable;
  readonly watches: () => readonly WatchState[];
}

const maxStreams = 256;
const maxStreamsPerClient = 16;
/** Of one user or token, from whichever addresses: a quarter, so that nobody takes all. */
const maxStreamsPerAccount = 64;
const heartbeatMs = 15_000;
const heartbeat = Buffer.from(": still here\n\n");
/** Then the client resumes with a new request, and whether it may read is checked again. */
const maxStreamMs = 60 * 60_000;
/** Rows that a client that resumes is sent at once: of connections each has its payload. */
const pageSize = 50;
/** After this the clients get some time to read, so that many large payloads at once disconnect only slow ones. */
const maxBurstBytes = 256 * 1024;
const burstPauseMs = 20;
const progressEveryMs = 1000;

/**
 * All streams of events. While there is one, the feed is read once for all of them. A client that resumes first reads what it
 * missed, page by page, and then joins the others.
 */
export class EventHub implements AsyncDisposable {
  readonly #options: EventHubOptions;
  /** Streams that read along. */
  readonly #live = new Set<EventStream>();
  /** How many streams each client has, from the moment when it asked. */
  readonly #clients = new Map<Address, number>();
  readonly #accounts = new Map<string, number>();
  #count = 0;
  #isEnding = false;
  /** The number of batches that were sent. */
  #batches = 0;
  #reader: Reader | undefined;
  /** When the last progress of each watch was sent. */
  readonly #progressAt = new Map<string, number>();

  constructor(options: EventHubOptions) {
    this.#options = options;
  }

  /**
   * Counts a stream of a client until it is disposed. `undefined`: it has too many, or its account, or all together have.
   * @param account name of the user or the token; empty where nobody has to log in
   */
  admit(client: Address, account: string): Disposable | undefined {
    const ofClient = this.#clients.get(client) ?? 0;
    const ofAccount = account === "" ? 0 : (this.#accounts.get(account) ?? 0);
    if (this.#count >= maxStreams || ofClient >= maxStreamsPerClient || this.#isEnding) return undefined;
    if (ofAccount >= maxStreamsPerAccount) return undefined;
    this.#count += 1;
    change(this.#clients, client, 1);
    change(this.#accounts, account, 1);
    return {
      [Symbol.dispose]: () => {
        this.#count -= 1;
        change(this.#clients, client, -1);
        change(this.#accounts, account, -1);
        if (this.#count === 0) this.#stopReading();
      },
    };
  }

  /**
   * Where a new stream starts. Call it before the answer begins, because it rejects where the store does.
   * @param after of the request
   */
  async start(after: EventId | "unknown" | undefined): Promise<StreamStart> {
    const isReset = after !== undefined && !(await this.#isOfThisDatabase(after));
    await this.#startReading().start;
    if (after !== undefined && after !== "unknown" && !isReset) return { after, isReset };
    // Not where the reading began: another stream may have been open for hours.
    return { after: await this.#options.store.events.latest(), isReset };
  }

  /** Sends events until the client is gone, is too slow, or has to ask again. */
  async serve(stream: EventStream, gone: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    const reader = this.#reader;
    if (reader === undefined) return stream.end();
    const signal = AbortSignal.any([gone, reader.ending.signal]);
    try {
      await this.#catchUp(stream, signal);
      if (stream.isOpen) await clock.sleep(maxStreamMs, signal);
    } catch (error) {
      log.warn("cannot read events for one stream: it ends, and its client resumes it", { error: messageOf(error) });
    } finally {
      this.#live.delete(stream);
      stream.end();
    }
  }

  /** Tells all streams that somebody changed rows of a list. */
  sendChange(list: ChangedList): void {
    const bytes = changeBytes(list);
    for (const stream of this.#live) if (stream.wants("change")) stream.write(bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    const reader = this.#reader;
    this.#stopReading();
    await reader?.ended;
  }

  async #isOfThisDatabase(after: EventId | "unknown"): Promise<boolean> {
    if (after === "unknown") return false;
    try {
      await this.#options.store.events.list({ after, kinds: [], limit: 1 });
      return true;
    } catch (error) {
      if (error instanceof HarbingerError && error.code === "usage") return false;
      throw error;
    }
  }

  /** Sends what the stream missed, and lets it join the others where nothing is between both. */
  async #catchUp(stream: EventStream, signal: AbortSignal): Promise<void> {
    const { store, shown } = this.#options;
    const kinds = stream.storedKinds;
    while (stream.isOpen && !signal.aborted) {
      const before = this.#batches;
      const events = kinds.length === 0 ? [] : await store.events.list({ after: stream.after, kinds, limit: pageSize });
      for (const event of events) {
        stream.send(event, eventBytes(event, shown));
        await stream.drained(signal);
      }
      // What the others were sent before the query began was in its result; what comes later, the stream gets with them.
      if (events.length < pageSize && before === this.#batches) {
        this.#live.add(stream);
        return;
      }
    }
  }

  #startReading(): Reader {
    if (this.#reader !== undefined) return this.#reader;
    const ending = new AbortController();
    const start = this.#options.store.events.latest();
    this.#reader = { ending, start, ended: this.#read(start, ending) };
    return this.#reader;
  }

  #stopReading(): void {
    this.#reader?.ending.abort();
    this.#reader = undefined;
    this.#progressAt.clear();
  }

  /** Reads the feed for all streams. Where the store fails they end, and their clients ask again. */
  async #read(start: Promise<EventId>, ending: AbortController): Promise<void> {
    const { store, clock, log, watchProgress, watchChanges } = this.#options;
    const { signal } = ending;
    try {
      const after = await start;
      using _progress = watchProgress((progress) => this.#sendProgress(progress));
      using _changes = watchChanges((name) => this.#sendWatch(name));
      void this.#sendHeartbeats(signal);
      for await (const batch of watchEvents({ events: store.events, after, clock, signal })) {
        this.#batches += 1;
        let sent = 0;
        for (const event of batch) {
          sent += this.#sendEvent(event);
          if (sent < maxBurstBytes) continue;
          sent = 0;
          await clock.sleep(burstPauseMs, signal);
        }
      }
    } catch (error) {
      log.warn("cannot read events: the event streams end, and clients resume them", { error: messageOf(error) });
      if (this.#reader?.ending === ending) this.#stopReading();
    }
  }

  /** @returns its bytes; 0 where no stream wants it */
  #sendEvent(event: StoreEvent): number {
    let bytes: Buffer | undefined;
    for (const stream of this.#live) {
      if (!stream.wants(event.kind) || !isAfter(event, stream.after)) continue;
      bytes ??= eventBytes(event, this.#options.shown);
      stream.send(event, bytes);
    }
    return bytes?.length ?? 0;
  }

  #sendProgress(progress: ScanProgress): void {
    const now = this.#options.clock.monotonic();
    const lastAt = this.#progressAt.get(progress.watch) ?? Number.NEGATIVE_INFINITY;
    if (now - lastAt < progressEveryMs) return;
    this.#progressAt.set(progress.watch, now);
    const bytes = progressBytes(progress);
    for (const stream of this.#live) if (stream.wants("progress")) stream.write(bytes);
  }

  #sendWatch(name: string): void {
    // The first progress of its next run is sent at once.
    this.#progressAt.delete(name);
    const state = this.#options.watches().find(({ watch }) => watch.name === name);
    if (state === undefined) return;
    const bytes = watchBytes(state);
    for (const stream of this.#live) if (stream.wants("watch")) stream.write(bytes);
  }

  async #sendHeartbeats(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(heartbeatMs, signal);
      for (const stream of this.#live) stream.write(heartbeat);
    }
  }
}

/** From where a stream reads. */
export interface StreamStart {
  readonly after: EventId;
  /** The place that the client named is not in this database. */
  readonly isReset: boolean;
}

/** Reads the feed while there are streams. */
interface Reader {
  readonly ending: AbortController;
  /** A place that nothing that it sends is before. */
  readonly start: Promise<EventId>;
  readonly ended: Promise<void>;
}

function change<Key>(counts: Map<Key, number>, key: Key, by: 1 | -1): void {
  const now = (counts.get(key) ?? 0) + by;
  if (now > 0) counts.set(key, now);
  else counts.delete(key);
}

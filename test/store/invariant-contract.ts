import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Audience } from "../../src/core/delivery.ts";
import type { Store } from "../../src/core/store.ts";
import { archive, claimAll, look, message, operators, policy, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

/** Steps around the outbox, in any order. Numbers choose among the available items. */
type Step =
  | { readonly kind: "scan"; readonly hosts: number; readonly watch: "ssh" | "web" }
  | { readonly kind: "examine"; readonly watch: "ssh" | "web" }
  | { readonly kind: "gather"; readonly audience: 0 | 1 }
  | { readonly kind: "compose"; readonly which: number }
  | { readonly kind: "claim"; readonly limit: number }
  | { readonly kind: "delivered" | "later" | "rejected" | "release"; readonly which: number }
  | { readonly kind: "retry" }
  | { readonly kind: "discard"; readonly which: number }
  | { readonly kind: "prune" }
  | { readonly kind: "crash" };

const which = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("scan" as const),
      hosts: fc.nat({ max: 15 }),
      watch: fc.constantFrom("ssh" as const, "web" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("examine" as const),
      watch: fc.constantFrom("ssh" as const, "web" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("gather" as const), audience: fc.constantFrom(0 as const, 1 as const) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("compose" as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("claim" as const), limit: fc.integer({ min: 1, max: 3 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("delivered" as const, "later" as const, "rejected" as const, "release" as const),
      which,
    }),
  },
  fc.record({ kind: fc.constant("retry" as const) }),
  fc.record({ kind: fc.constant("discard" as const), which }),
  fc.record({ kind: fc.constant("prune" as const) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("crash" as const) }) },
);

const audiences: readonly Audience[] = [operators, archive];

/** Performs the steps, and records what each channel got. */
class Run {
  readonly #store: Store;
  #at = start;
  #messages = 0;
  /** Discoveries that must reach an audience: id by audience. */
  readonly due: Set<number>[] = [new Set(), new Set()];
  /** Messages that a channel accepted, each with the discoveries in it. */
  readonly taken = new Map<string, { readonly audience: number; readonly ids: readonly number[] }>();
  /** The discoveries of a report: read when it was gathered, whatever happened until it was composed. */
  readonly #read = new Map<number, readonly number[]>();
  readonly #written = new Map<string, readonly number[]>();
  #lastDiscovery = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  async carryOut(step: Step): Promise<void> {
    this.#at += 1000;
    const { deliveries } = this.#store;
    switch (step.kind) {
      case "scan":
        return this.#scan(step.hosts, step.watch);
      case "examine":
        return this.#examine(step.watch);
      case "gather":
        await this.#gather(audiences[step.audience] ?? operators);
        return;
      case "compose": {
        const id = await this.#pick("open", step.which);
        if (id !== undefined && this.#read.has(id)) await this.#compose(id);
        return;
      }
      case "claim":
        await deliveries.claim({ at: this.#at, limit: step.limit });
        return;
      case "delivered":
      case "later":
      case "rejected":
      case "release":
        return this.#attempt(step.kind, step.which);
      case "retry":
        await deliveries.retry("all", this.#at);
        return;
      case "discard": {
        const id = await this.#pick("open", step.which);
        if (id !== undefined && (await deliveries.tally(id)).length === 0) await deliveries.discard(id);
        return;
      }
      case "prune":
        await this.#store.prune({ before: this.#at + 1 });
        return;
      case "crash":
        // Messages that were being sent had reached their channel, but this was not recorded.
        for (const { id } of (await deliveries.list({ states: ["sending"], limit: 100 })).rows) await this.#take(id);
        await deliveries.recover(this.#at);
    }
  }

  /** Each discovery is in exactly one live message to each audience; nothing is lost or repeated. */
  async check(): Promise<void> {
    const live: Map<number, number>[] = [new Map(), new Map()];
    const all = (await this.#store.deliveries.list({ limit: 1000 })).rows;
    for (const delivery of all) {
      const audience = delivery.channel === "mail" ? 0 : 1;
      for (const id of await this.#announced(delivery.id)) {
        assert.notEqual(delivery.state, "superseded");
        live[audience]?.set(id, (live[audience]?.get(id) ?? 0) + 1);
      }
    }
    const reached: Map<number, number>[] = [new Map(), new Map()];
    for (const { audience, ids } of this.taken.values()) {
      for (const id of ids) reached[audience]?.set(id, (reached[audience]?.get(id) ?? 0) + 1);
    }
    for (const [audience, due] of this.due.entries()) {
      for (const id of due) {
        const inMessages = live[audience]?.get(id) ?? 0;
        const times = reached[audience]?.get(id) ?? 0;
        assert.ok(inMessages <= 1, `discovery ${id} stands in ${inMessages} messages`);
        assert.ok(times <= 1, `discovery ${id} was said in ${times} different messages`);
        // Delivered discoveries may be pruned; all others are still announced.
        assert.ok(inMessages === 1 || times === 1, `discovery ${id} is lost`);
      }
    }
  }

  /** At the end everything that is due reaches every audience. */
  async finish(): Promise<void> {
    this.#at += 1_000_000;
    const { deliveries } = this.#store;
    await deliveries.recover(this.#at);
    await deliveries.retry("all", this.#at);
    for (const audience of audiences) {
      await this.#compose(await this.#gather(audience));
    }
    await deliveries.retry("all", this.#at);
    for (const { id } of await claimAll(this.#store, this.#at)) {
      await this.#take(id);
      await deliveries.recordOutcome(id, { kind: "delivered" }, { at: this.#at });
    }
    for (const [audience, due] of this.due.entries()) {
      const reached = new Set([...this.taken.values()].filter((m) => m.audience === audience).flatMap((m) => m.ids));
      for (const id of due) assert.ok(reached.has(id), `discovery ${id} never reached its audience`);
    }
  }

  async #scan(hosts: number, watch: "ssh" | "web"): Promise<void> {
    const sees = [0, 1, 2, 3].filter((bit) => (hosts & (1 << bit)) !== 0).map((bit) => sighting(`10.0.0.${bit}`));
    // Flapping suppresses changes on purpose; here every change must be reported.
    const outcome = { audiences, policy: { ...policy, flapLimit: 1000 } };
    await look(this.#store, { at: this.#at, watch, sees, outcome });
    await this.#noteNews();
  }

  /** Every present service has a change. */
  async #examine(watch: "ssh" | "web"): Promise<void> {
    const { examinations } = this.#store;
    const found = await examinations.due({ watch, examinedBefore: this.#at, now: this.#at, limit: 9 });
    const services = found.map(({ address, port }) => ({
      address,
      port,
      results: [],
      memory: "{}",
      news: [{ kind: "changed" as const, detail: "was a, is b" }],
    }));
    await examinations.record({ watch, at: this.#at, services, audiences });
    await this.#noteNews();
  }

  async #noteNews(): Promise<void> {
    const news = (await this.#store.discoveries.list({ limit: 100 })).rows;
    for (const { id } of news) if (id > this.#lastDiscovery) for (const due of this.due) due.add(id);
    this.#lastDiscovery = Math.max(this.#lastDiscovery, news[0]?.id ?? 0);
  }

  async #gather(audience: Audience): Promise<number> {
    const { deliveryId } = await this.#store.deliveries.gather(audience, this.#at);
    this.#read.set(deliveryId, await this.#announced(deliveryId));
    return deliveryId;
  }

  async #compose(id: number): Promise<void> {
    const composed = message(`m${this.#messages++}`, this.#at);
    await this.#store.deliveries.compose(id, composed);
    this.#written.set(composed.messageId, this.#read.get(id) ?? []);
  }

  async #attempt(kind: "delivered" | "later" | "rejected" | "release", which: number): Promise<void> {
    const { deliveries } = this.#store;
    const id = await this.#pick("sending", which);
    if (id === undefined) return;
    const at = this.#at;
    if (kind === "release") return deliveries.release(id);
    if (kind === "rejected") return deliveries.recordOutcome(id, { kind: "rejected", reason: "no" }, { at });
    if (kind === "later") {
      return deliveries.recordOutcome(id, { kind: "retry", reason: "busy" }, { at, nextAttemptAt: at + 2500 });
    }
    await this.#take(id);
    return deliveries.recordOutcome(id, { kind: "delivered" }, { at });
  }

  /** The channel accepts the message: repetitions by the same identifier must have the same content. */
  async #take(id: number): Promise<void> {
    const delivery = await this.#store.deliveries.get(id);
    const key = delivery?.message?.messageId ?? "";
    const ids = await this.#announced(id);
    assert.deepEqual(ids, this.#written.get(key), "a message says what it announces");
    const before = this.taken.get(key);
    if (before === undefined) this.taken.set(key, { audience: delivery?.channel === "mail" ? 0 : 1, ids });
    else assert.deepEqual(ids, before.ids, "a repeated message carries the same");
  }

  async #announced(deliveryId: number): Promise<readonly number[]> {
    return (await this.#store.deliveries.announced({ deliveryId, limit: 1000, offset: 0 })).map(({ id }) => id);
  }

  async #pick(state: "open" | "sending", which: number): Promise<number | undefined> {
    const list = (await this.#store.deliveries.list({ states: [state], limit: 100 })).rows;
    return list[which % Math.max(list.length, 1)]?.id;
  }
}

export function invariantContract(kind: StoreKind): void {
  describe("for any events in any order", () => {
    const runs = kind.propertyRuns * Number(process.env["STORE_PROPERTY_FACTOR"] ?? 1);
    test("each discovery reaches each audience in exactly one message", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), (steps) =>
          withStore(kind, async (store) => {
            const run = new Run(store);
            for (const each of steps) {
              await run.carryOut(each);
              await run.check();
            }
            await run.finish();
            await run.check();
          })(),
        ),
        { numRuns: runs, endOnFailure: false },
      );
    });
  });
}

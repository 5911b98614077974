import type { ClosedLane, Delivery, DeliveryState, Message, SendOutcome } from "../../src/core/delivery.ts";
import type { Outbox } from "../../src/notify/outbox/delivery-loop.ts";
import { type ManualClock, passTime } from "./manual-clock.ts";

/** An outbox without a database that can be set to fail, for tests of the loop. */
export class MemoryOutbox implements Outbox {
  readonly #deliveries = new Map<number, Delivery>();
  readonly #waiting = new Set<() => void>();
  #nextId = 1;
  /** Errors that these methods throw as long as they are here. */
  readonly failing = new Map<keyof Outbox, Error>();
  /** These do their work once, but fail because their answer is lost. */
  readonly losingAnswers = new Set<keyof Outbox>();
  /** What was called, in order. */
  readonly calls: string[] = [];

  /** Queues a message, due at `at`. */
  add(
    delivery: Partial<Delivery> & { readonly message: Message; readonly recipient: string; readonly createdAt: number },
  ): number {
    const id = this.#nextId++;
    this.#deliveries.set(id, {
      label: "LAN",
      channel: "mail",
      state: "queued",
      attempts: 0,
      uncertain: false,
      nextAttemptAt: delivery.createdAt,
      ...delivery,
      id,
    });
    this.#changed();
    return id;
  }

  /** As a newer report does with those it replaces. */
  remove(id: number): void {
    this.#deliveries.delete(id);
  }

  /** As `deliveries retry` does. */
  makeDue(id: number, at: number): void {
    this.#put({ ...this.get(id), nextAttemptAt: at });
  }

  get(id: number): Delivery {
    const delivery = this.#deliveries.get(id);
    if (delivery === undefined) throw new Error(`no delivery ${id}`);
    return delivery;
  }

  count(state: DeliveryState): number {
    return [...this.#deliveries.values()].filter((delivery) => delivery.state === state).length;
  }

  /** Resolves as soon as `condition` is true; it is checked after every change. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.changed();
  }

  get sending(): number {
    return this.count("sending");
  }

  get isBusy(): boolean {
    return this.sending > 0;
  }

  changed(): Promise<void> {
    return new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Lets time pass, in steps, while nothing is being sent, until `condition` is true. */
  passTime(clock: ManualClock, condition: () => boolean, stepMs = 1000): Promise<void> {
    return passTime(clock, this, condition, stepMs);
  }

  async recover(at: number, inHand: readonly number[] = []): Promise<number> {
    this.#enter("recover");
    let count = 0;
    for (const delivery of this.#deliveries.values()) {
      if (delivery.state !== "sending" || inHand.includes(delivery.id)) continue;
      this.#put({ ...delivery, state: "queued", uncertain: true, nextAttemptAt: at });
      count += 1;
    }
    return count;
  }

  async claim({ at, limit, closed = [] }: Parameters<Outbox["claim"]>[0]): Promise<readonly Delivery[]> {
    this.#enter("claim");
    const lanes = new Set<string>();
    const due = this.#queued(closed)
      .filter((delivery) => (delivery.nextAttemptAt ?? 0) <= at)
      .filter(({ channel, recipient }) => lanes.size < lanes.add(`${channel} ${recipient}`).size)
      .slice(0, limit)
      .map((delivery): Delivery => ({ ...delivery, state: "sending" }));
    for (const delivery of due) this.#put(delivery);
    this.#loseAnswer("claim");
    return due;
  }

  async recordOutcome(
    deliveryId: number,
    outcome: SendOutcome,
    options: { readonly at: number; readonly nextAttemptAt?: number },
  ): Promise<void> {
    this.#enter(`recordOutcome ${deliveryId} ${outcome.kind}`);
    const { nextAttemptAt: _, ...delivery } = this.get(deliveryId);
    const attempts = delivery.attempts + 1;
    if (outcome.kind === "delivered") {
      this.#put({ ...delivery, attempts, state: "delivered", deliveredAt: options.at });
    } else if (outcome.kind === "rejected" || options.nextAttemptAt === undefined) {
      this.#put({ ...delivery, attempts, state: "dead", lastError: outcome.reason });
    } else {
      this.#put({
        ...delivery,
        attempts,
        state: "queued",
        lastError: outcome.reason,
        nextAttemptAt: options.nextAttemptAt,
        uncertain: delivery.uncertain || outcome.uncertain === true,
      });
    }
  }

  async release(deliveryId: number): Promise<void> {
    this.#enter(`release ${deliveryId}`);
    this.#put({ ...this.get(deliveryId), state: "queued" });
  }

  async list({ states = [], limit }: Parameters<Outbox["list"]>[0]): ReturnType<Outbox["list"]> {
    return { rows: [...this.#deliveries.values()].filter(({ state }) => states.includes(state)).slice(0, limit) };
  }

  async nextDueAt({ closed = [] }: Parameters<Outbox["nextDueAt"]>[0] = {}): Promise<number | undefined> {
    this.#enter("nextDueAt");
    const due = this.#queued(closed).map((delivery) => delivery.nextAttemptAt ?? 0);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  #queued(closed: readonly ClosedLane[]): Delivery[] {
    const isHeld = ({ id, channel, recipient }: Delivery) =>
      closed.some((lane) => lane.channel === channel && lane.recipient === recipient && lane.scout !== id);
    return [...this.#deliveries.values()].filter((delivery) => delivery.state === "queued" && !isHeld(delivery));
  }

  #loseAnswer(method: keyof Outbox): void {
    if (this.losingAnswers.delete(method)) throw new Error("the connection was lost");
  }

  #enter(call: string): void {
    this.calls.push(call);
    this.#changed();
    for (const [method, error] of this.failing) {
      if (call.startsWith(method)) throw error;
    }
  }

  #put(delivery: Delivery): void {
    this.#deliveries.set(delivery.id, delivery);
    this.#changed();
  }

  #changed(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

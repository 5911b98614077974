import type { Channel, Message, SendOutcome } from "../core/delivery.ts";
import { safeText } from "../core/safe-text.ts";

/** The user may add the entry, so the delivery is retried. */
const unconfiguredRetryMs = 60 * 60_000;

/** A channel that has several entries in the configuration: the recipient of a delivery is the name of an entry. */
export class NamedChannels implements Channel {
  readonly #kind: string;
  readonly #entries: ReadonlyMap<string, Channel>;

  /** @param kind what an entry is, for messages: `webhook` */
  constructor(kind: string, entries: ReadonlyMap<string, Channel>) {
    this.#kind = kind;
    this.#entries = entries;
  }

  async send(message: Message, recipient: string, signal: AbortSignal): Promise<SendOutcome> {
    const entry = this.#entries.get(recipient);
    if (entry !== undefined) return await entry.send(message, recipient, signal);
    const reason = `no ${this.#kind} named ${safeText(recipient, { limit: 100 })} is configured`;
    return { kind: "retry", reason, retryAfterMs: unconfiguredRetryMs, closed: true };
  }
}

import pMap from "p-map";
import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Origin } from "../../core/connection.ts";
import type { AlertStore, DueAlert, FoundOrigin } from "../../core/connection-store.ts";
import type { ChannelName, Message } from "../../core/delivery.ts";
import type { PeerDevice } from "../../core/device.ts";
import type { Log } from "../../core/log.ts";
import { OutageLog } from "../../core/outage-log.ts";
import { addressOf, readAlertContent, withPeer } from "../alert/alert-content.ts";
import { type AlertComposer, alertMessageId } from "./compose-alert.ts";

/** What alerts are made with; a new configuration may replace it. */
export interface AnnouncerTools {
  /** What is known about a peer within the time limit; never rejects. */
  readonly originOf: (address: Address) => Promise<Origin>;
  /**
   * The devices that have the address on an own network, within the time limit; never rejects. Default: none is known.
   */
  readonly devicesOf?: ((address: Address) => Promise<readonly PeerDevice[]>) | undefined;
  readonly composer: AlertComposer;
}

export interface AnnouncerOptions extends AnnouncerTools {
  readonly alerts: AlertStore;
  readonly clock: Clock;
  readonly log: Log;
  /** This machine's name, for message identifiers. */
  readonly hostName: string;
  /** Whether messages through a channel have an HTML part. */
  readonly takesHtml: (channel: ChannelName) => boolean;
  /** Called when the outbox has new deliveries. */
  readonly deliver: () => void;
  /** Receives what was found about peers, to be stored with their connections. */
  readonly found: (origins: readonly FoundOrigin[]) => Promise<void>;
}

/** Alerts that are enriched concurrently. */
const atOnce = 64;
const pageSize = 256;
const retryAfterMs = 2000;

/**
 * Turns stored alerts into messages in the outbox: looks up the origin of each peer, composes the message and adds it
 * to the outbox. Alerts that are not composed yet are read from the store, so a crash or a database failure loses
 * none.
 */
export class Announcer {
  readonly #options: AnnouncerOptions;
  #tools: AnnouncerTools;
  /** The alerts that are being composed. */
  #composing: Promise<unknown> = Promise.resolve();
  #wakeup = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  readonly #stopping = new AbortController();

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#tools = options;
  }

  /** Uses other tools from now on. Resolves when the earlier ones are no longer in use. */
  async use(tools: AnnouncerTools): Promise<void> {
    this.#tools = tools;
    await this.#composing;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** New alerts were stored. */
  wake(): void {
    this.#wakeup.resolve();
  }

  /** Finishes the page in progress; other alerts stay in the store. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options;
    const outage = new OutageLog({
      clock,
      log,
      fails: "cannot process alerts: database error; retrying",
      works: "alerts are processed again",
    });
    while (!this.#stopping.signal.aborted) {
      this.#wakeup = Promise.withResolvers();
      try {
        await this.#announceAll();
        outage.worked();
        await this.#wakeup.promise;
      } catch (error) {
        outage.failed(error);
        await clock.sleep(retryAfterMs, this.#stopping.signal);
      }
    }
  }

  async #announceAll(): Promise<void> {
    const { alerts, clock, deliver, found } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const page = await alerts.pending({ limit: pageSize });
      if (page.length === 0) return;
      const tools = this.#tools;
      const composing = pMap(page, (due) => this.#compose(due, tools), { concurrency: atOnce });
      this.#composing = composing.catch(() => undefined);
      const composed = await composing;
      await alerts.compose(composed, clock.now());
      deliver();
      await found(composed.flatMap(({ known }) => known ?? []));
    }
  }

  async #compose(due: DueAlert, { originOf, devicesOf, composer }: AnnouncerTools): Promise<Composed> {
    const { clock, hostName, takesHtml } = this.#options;
    const data = readAlertContent(due.data);
    const envelope = { messageId: alertMessageId([due.id], hostName), at: clock.now(), html: takesHtml(due.channel) };
    if (data === undefined) {
      // A later version wrote it: report at least that there was an alert.
      const text = `An alert of ${new Date(due.at).toISOString()} cannot be read by this version of Harbinger.\n`;
      return {
        id: due.id,
        message: { messageId: envelope.messageId, date: envelope.at, subject: "Harbinger alert", text },
      };
    }
    const address = addressOf(data);
    const [origin, devices] =
      address === undefined ? [{}, undefined] : await Promise.all([originOf(address), devicesOf?.(address)]);
    const peer = { origin, devices };
    const message = composer.compose(withPeer(data, peer), envelope);
    return { id: due.id, message, known: address && { address, origin, at: envelope.at } };
  }
}

interface Composed {
  readonly id: string;
  readonly message: Message;
  readonly known?: FoundOrigin | undefined;
}

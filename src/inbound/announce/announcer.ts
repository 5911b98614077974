import pMap from "p-map";
import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Origin } from "../../core/connection.ts";
import type { AlertStore, DueAlert } from "../../core/connection-store.ts";
import type { Message } from "../../core/delivery.ts";
import type { PeerDevice } from "../../core/device.ts";
import type { Log } from "../../core/log.ts";
import { OutageLog } from "../../core/outage-log.ts";
import { addressOf, readAlertContent, withPeer } from "../alert/alert-content.ts";
import { type AlertComposer, alertMessageId } from "./compose-alert.ts";

/** What alerts are made with; a new configuration may bring others. */
export interface AnnouncerTools {
  /** What is known of a peer within the time; it never rejects. */
  readonly originOf: (address: Address) => Promise<Origin>;
  /** Which device on an own network it is, within the time; it never rejects. Default: nobody knows. */
  readonly deviceOf?: (address: Address) => Promise<PeerDevice | undefined>;
  readonly composer: AlertComposer;
}

export interface AnnouncerOptions extends AnnouncerTools {
  readonly alerts: AlertStore;
  readonly clock: Clock;
  readonly log: Log;
  /** This machine's name, for message identifiers. */
  readonly hostName: string;
  /** The outbox has work. */
  readonly deliver: () => void;
  /** What was found out about peers, to be kept with their connections. */
  readonly found: (origins: readonly FoundOrigin[]) => Promise<void>;
}

interface FoundOrigin {
  readonly address: Address;
  readonly origin: Origin;
  readonly at: number;
}

/** Alerts that wait for enrichment at once. */
const atOnce = 64;
const pageSize = 256;
const retryAfterMs = 2000;

/**
 * Turns due alerts into messages in the outbox: asks for the origin of each peer, within its time, composes, and puts the
 * message in. What is due stands in the store, so it is found there: also after a crash, and after a failure of the store.
 */
export class Announcer {
  readonly #options: AnnouncerOptions;
  #tools: AnnouncerTools;
  /** Alerts that are being composed. */
  #composing: Promise<unknown> = Promise.resolve();
  #wakeup = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  readonly #stopping = new AbortController();

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#tools = options;
  }

  /** Composes with other tools from now on. Resolves when those of before are not in use any more. */
  async use(tools: AnnouncerTools): Promise<void> {
    this.#tools = tools;
    await this.#composing;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Something new is due. */
  wake(): void {
    this.#wakeup.resolve();
  }

  /** Finishes what is in hand; the rest stays in the store. */
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

  async #compose(due: DueAlert, { originOf, deviceOf, composer }: AnnouncerTools): Promise<Composed> {
    const { clock, hostName } = this.#options;
    const data = readAlertContent(due.data);
    const envelope = { messageId: alertMessageId([due.id], hostName), at: clock.now(), html: due.channel === "mail" };
    if (data === undefined) {
      // A later version wrote it: say at least that there was something.
      const text = `An alert of ${new Date(due.at).toISOString()} cannot be read by this version of Harbinger.\n`;
      return {
        id: due.id,
        message: { messageId: envelope.messageId, date: envelope.at, subject: "Harbinger alert", text },
      };
    }
    const address = addressOf(data);
    const [origin, device] =
      address === undefined ? [{}, undefined] : await Promise.all([originOf(address), deviceOf?.(address)]);
    const peer = { origin, ...(device === undefined ? {} : { device }) };
    const message = composer.compose(withPeer(data, peer), envelope);
    return { id: due.id, message, ...(address === undefined ? {} : { known: { address, origin, at: envelope.at } }) };
  }
}

interface Composed {
  readonly id: string;
  readonly message: Message;
  readonly known?: FoundOrigin;
}

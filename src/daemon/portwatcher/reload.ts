import { isDeepStrictEqual } from "node:util";
import type { PortwatcherSettings } from "../../compat/portwatcher/environment.ts";
import type { Clock } from "../../core/clock.ts";
import type { ChannelName } from "../../core/delivery.ts";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { Store } from "../../core/store.ts";
import type { ChannelMap } from "../../notify/channel-map.ts";
import type { DeliveryLoop, LoopSettings } from "../../notify/outbox/delivery-loop.ts";
import { makeDue } from "../make-due.ts";

export interface PortwatcherReloadParts {
  readonly store: Store;
  readonly deliveries: DeliveryLoop;
  readonly clock: Clock;
  readonly log: Log;
  /** Reads the files of secrets and variables again. @throws HarbingerError `usage` if they cannot be used */
  readonly read: () => PortwatcherSettings;
  readonly channels: (settings: PortwatcherSettings) => ChannelMap;
  readonly loop: Omit<LoopSettings, "channels">;
}

/**
 * The settings of `portwatcher` that SIGHUP can change: those of mail and push, with their secrets. The environment of a process
 * does not change, but its files may. Other changes need a restart; a warning is logged then.
 */
export class PortwatcherReload {
  readonly #parts: PortwatcherReloadParts;
  #settings: PortwatcherSettings;
  #channels: ChannelMap;

  constructor(settings: PortwatcherSettings, channels: ChannelMap, parts: PortwatcherReloadParts) {
    this.#settings = settings;
    this.#channels = channels;
    this.#parts = parts;
  }

  /** Never rejects. */
  async reload(): Promise<void> {
    const { log } = this.#parts;
    try {
      await this.#reload();
    } catch (error) {
      log.error("settings not reloaded; the current ones remain active", { error: messageOf(error) });
    }
  }

  async #reload(): Promise<void> {
    const { store, clock, log, deliveries, loop, read, channels } = this.#parts;
    const before = this.#settings;
    const next = read();
    const made = channels(next);
    const changed: ChannelName[] = [];
    if (!isDeepStrictEqual(serverOf(next), serverOf(before))) changed.push("mail");
    if (!isDeepStrictEqual(next.push, before.push)) changed.push("ntfy");
    if (!isDeepStrictEqual(restOf(next), restOf(before))) {
      log.warn("some changed settings need a restart: only mail and push settings can be reloaded");
    }
    if (changed.length === 0) {
      log.info("settings reloaded; mail and push settings are unchanged");
      return;
    }
    this.#channels = { ...this.#channels, ...Object.fromEntries(changed.map((name) => [name, made[name]])) };
    this.#settings = { ...before, mail: next.mail, push: next.push };
    deliveries.adjust({ ...loop, channels: this.#channels }, changed);
    await makeDue(store, clock, changed);
    deliveries.wake();
    log.info("settings reloaded", { changed: changed.join(", ") });
  }
}

function serverOf({ mail }: PortwatcherSettings) {
  return mail?.server;
}

/** The recipients of alerts are in the routes of the flow. */
function restOf({ mail, push, ...rest }: PortwatcherSettings) {
  return { ...rest, recipients: mail?.recipients, isPushed: push !== undefined };
}

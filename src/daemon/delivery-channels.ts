import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import type { Clock } from "../core/clock.ts";
import type { ChannelName } from "../core/delivery.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { Store } from "../core/store.ts";
import type { ChannelMap } from "../notify/channel-map.ts";
import type { DeliveryLoop, LoopSettings } from "../notify/outbox/delivery-loop.ts";
import { doublingSchedule } from "../notify/outbox/retry-schedule.ts";
import { makeDue } from "./make-due.ts";
import type { Replaceable, Replacement } from "./reload/replacement.ts";

/** Channels, and the input that each was made from, including the files that the configuration names. */
export interface CreatedChannels {
  readonly channels: ChannelMap;
  readonly inputs: Readonly<Record<ChannelName, unknown>>;
}

export interface DeliveryChannelsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** @throws HarbingerError `config` if a file of certificates cannot be read */
  readonly make: (config: Config) => CreatedChannels;
}

/**
 * The channels of the delivery loop. A new configuration replaces the channels that it changes; their waiting deliveries are
 * retried at once, because the change may have fixed the error. The other channels stay, with the pauses that servers requested.
 */
export class DeliveryChannels implements Replaceable<Config> {
  readonly #options: DeliveryChannelsOptions;
  #made: CreatedChannels;
  #config: Config;
  #loop: DeliveryLoop | undefined;

  constructor(config: Config, options: DeliveryChannelsOptions) {
    this.#options = options;
    this.#config = config;
    this.#made = options.make(config);
  }

  get settings(): LoopSettings {
    return settingsOf(this.#config, this.#made.channels);
  }

  /** Sets the loop that uses these channels. */
  serve(loop: DeliveryLoop): void {
    this.#loop = loop;
  }

  async prepare(config: Config): Promise<Replacement | undefined> {
    const { store, clock, log, make } = this.#options;
    const before = this.#made;
    const made = make(config);
    const names = [...new Set([...Object.keys(made.inputs), ...Object.keys(before.inputs)])];
    const changed = names.filter((name) => !isDeepStrictEqual(made.inputs[name], before.inputs[name]));
    if (changed.length === 0 && isDeepStrictEqual(config.delivery, this.#config.delivery)) return undefined;
    const channels = Object.fromEntries(
      names.map((name) => [name, (changed.includes(name) ? made : before).channels[name]]),
    );
    return {
      commit: () => {
        this.#made = { channels, inputs: made.inputs };
        this.#config = config;
        this.#loop?.adjust(this.settings, changed);
      },
      finish: async () => {
        try {
          if (changed.length > 0) await makeDue(store, clock, changed);
        } catch (error) {
          log.warn(
            "could not reschedule the deliveries of the changed channels; they will be retried at their own times",
            {
              error: messageOf(error),
            },
          );
        }
        this.#loop?.wake();
      },
    };
  }
}

function settingsOf({ delivery }: Config, channels: ChannelMap): LoopSettings {
  return {
    channels,
    retrySchedule: doublingSchedule({
      firstMs: delivery.firstRetryMs,
      maxMs: delivery.maxRetryMs,
      giveUpAfterMs: delivery.giveUpAfterMs,
    }),
    parallel: delivery.parallel,
    attemptLimitMs: delivery.attemptLimitMs,
  };
}

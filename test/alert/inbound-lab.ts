import net from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, Random } from "../../src/core/clock.ts";
import type { Connection } from "../../src/core/connection.ts";
import { type Log, silentLog } from "../../src/core/log.ts";
import type { Store } from "../../src/core/store.ts";
import { peerDevicesAt } from "../../src/daemon/devices-at.ts";
import { type InboundSetup, inboundFlow } from "../../src/daemon/inbound-flow.ts";
import { alertSettings, alertsSchema } from "../../src/inbound/decide/schema.ts";
import { enrichSchema, enrichSettings } from "../../src/inbound/enrich/schema.ts";
import type { InboundCounters, InboundFlow } from "../../src/inbound/flow.ts";
import { listenerSchema, listenerSettings } from "../../src/inbound/listen/schema.ts";
import type { ChannelMap } from "../../src/notify/channel-map.ts";
import { DeliveryLoop } from "../../src/notify/outbox/delivery-loop.ts";
import { WatchedOutbox } from "../notify/watched-outbox.ts";

/** The parts of a store that the inbound side uses. */
export type InboundStore = Pick<Store, "connections" | "alerts" | "deliveries" | "devices"> &
  Partial<Pick<Store, "mutes">>;

export interface InboundLabOptions {
  readonly store: InboundStore;
  readonly clock: Clock;
  readonly channels?: ChannelMap;
  readonly routes?: InboundSetup["routes"];
  /** Keys of the listener's entry in the configuration. */
  readonly listener?: Readonly<Record<string, unknown>>;
  /** Keys of the section `alerts`. */
  readonly alerts?: Readonly<Record<string, unknown>>;
  readonly log?: Log;
}

type Given = Readonly<Record<string, unknown>>;

/** Spread numbers, the same each time (a linear congruential generator). */
class FixedChance implements Random {
  #state = 1;

  next(): number {
    this.#state = (this.#state * 1_103_515_245 + 12_345) % 2 ** 31;
    return this.#state / 2 ** 31;
  }
}

/** The complete inbound side, wired as in the daemon, on a free port of loopback: decoy, store, alerts, outbox, channels. */
export class InboundLab implements AsyncDisposable {
  readonly outbox: WatchedOutbox;
  readonly seen: Connection[] = [];
  readonly #store: InboundStore;
  readonly #flow: InboundFlow;
  readonly #deliveries: DeliveryLoop;

  private constructor(options: InboundLabOptions) {
    const { store, clock, channels = {}, routes = [], log = silentLog } = options;
    const entry: Given = { ports: 1, host: "127.0.0.1", ...options.listener };
    const listener = { ...listenerSettings("decoy", listenerSchema.parse(entry)), ports: [0] };
    const alerts: Given = { ignore: { loopback: false }, time_zone: "UTC", ...options.alerts };
    const setup: InboundSetup = {
      listeners: [listener],
      enrich: enrichSettings(enrichSchema.parse({ rdns: { enabled: false }, geoip: { country_data: false } })),
      alerts: alertSettings(alertsSchema.parse(alerts)),
      routes,
    };
    this.#store = store;
    this.outbox = new WatchedOutbox(store.deliveries);
    const random = new FixedChance();
    this.#deliveries = new DeliveryLoop({ outbox: this.outbox, channels, clock, random, log });
    this.#flow = inboundFlow(setup, {
      connections: store.connections,
      alerts: store.alerts,
      mutes: store.mutes,
      clock,
      random,
      log,
      devicesOf: (address) => peerDevicesAt(store.devices, address),
      deliver: () => this.#deliveries.wake(),
      seen: (connection) => this.seen.push(connection),
    });
  }

  static async start(options: InboundLabOptions): Promise<InboundLab> {
    const lab = new InboundLab(options);
    await lab.#flow.start();
    lab.#deliveries.start();
    return lab;
  }

  get port(): number {
    return this.#flow.endpoints[0]?.port ?? 0;
  }

  get counters(): InboundCounters {
    return this.#flow.counters;
  }

  /** A connection that was captured, without a socket. */
  hear(connection: Connection): void {
    this.#flow.captured(connection);
  }

  /** Connects from `address`, sends `words`, and waits until the decoy closes. */
  async connectFrom(address: string, words = "GET / HTTP/1.0\r\n\r\n"): Promise<void> {
    const socket = net.connect({ port: this.port, host: "127.0.0.1", localAddress: address });
    socket.on("error", () => {});
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.end(words);
    socket.resume();
    await closed;
  }

  /** Resolves once everything due has become a message and there are this many. */
  async composed(messages: number, pass: () => void): Promise<void> {
    for (;;) {
      const deliveries = (await this.#store.deliveries.list({ limit: 1000 })).rows;
      if (deliveries.length >= messages) return;
      pass();
      await nextTurn();
    }
  }

  async stop(): Promise<void> {
    await this.#flow.stop();
    await this.#deliveries.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

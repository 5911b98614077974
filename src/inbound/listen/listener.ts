import net from "node:net";
import type { Address } from "../../core/address.ts";
import type { Clock, Random } from "../../core/clock.ts";
import type { Endpoint } from "../../core/connection.ts";
import { type HarbingerError, messageOf, systemCode } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { AddressSet } from "../../core/network.ts";
import type { Reception } from "../arrival.ts";
import { Admission } from "./admission.ts";
import { ArrivalNumbers } from "./arrival-numbers.ts";
import { bindErrors } from "./bind-error.ts";
import { Guest, type GuestHost } from "./guest.ts";
import { LocalEnd } from "./local-end.ts";
import { closeServers, openPlaces, openServers, type Place, placesOf } from "./open-servers.ts";
import { socketAddress } from "./peer-address.ts";
import type { ListenerSettings } from "./schema.ts";
import { type TurnedAway, TurnedAwayCount } from "./turned-away.ts";

export interface ListenerOptions {
  readonly settings: Pick<ListenerSettings, "name" | "hosts" | "ports" | "limits" | "trustedProxies">;
  readonly reception: Reception;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told every {@link turnedAwayPeriodMs} and at the end, while there is something to tell. */
  readonly onTurnedAway: (counts: readonly TurnedAway[]) => void;
}

export interface ListenerCounters {
  /** Connections that reached us; each is handed over, turned away and recorded, or turned away and counted. */
  readonly accepted: number;
  readonly open: number;
  /** Too many at once, in all or from one address. */
  readonly overLimit: number;
  /** Reset by the client so early that the system no longer knew whose they were. */
  readonly vanished: number;
  /** Of those turned away, vanished ones included: told by `onTurnedAway` instead of one by one. */
  readonly countedOnly: number;
  /** Times that the system failed to accept. */
  readonly acceptFailures: number;
}

/** How often connections that were turned away are told. */
export const turnedAwayPeriodMs = 10_000;

/** So many of a period's turned-away connections are recorded one by one. */
const recordedOneByOne = 10;

/**
 * The decoy's door: opens the ports, accepts whoever comes and hands them to the capturing stage. It never stops
 * accepting. When there are too many at once, in all or from one address, it closes the new ones at once and counts them.
 */
export class Listener implements GuestHost {
  readonly name: string;
  readonly #options: ListenerOptions;
  readonly #admission: Admission;
  readonly #proxies: AddressSet;
  readonly #turnedAway: TurnedAwayCount;
  readonly #numbers: ArrivalNumbers;
  readonly #stopping = new AbortController();
  readonly #counters = { accepted: 0, overLimit: 0, vanished: 0, countedOnly: 0, acceptFailures: 0 };
  #servers: net.Server[] = [];
  #places: readonly Place[] = [];
  #unopened: readonly Place[] = [];
  #doorIsShut = false;
  #recordedThisPeriod = 0;
  #telling: Promise<void> | undefined;

  constructor(options: ListenerOptions) {
    this.name = options.settings.name;
    this.#options = options;
    this.#admission = new Admission(options.settings.limits);
    this.#proxies = new AddressSet(options.settings.trustedProxies);
    this.#turnedAway = new TurnedAwayCount(this.name);
    this.#numbers = new ArrivalNumbers(options.clock, options.random);
  }

  get counters(): ListenerCounters {
    return { ...this.#counters, open: this.#admission.open };
  }

  /** What is listened on, while it is. */
  get endpoints(): readonly Endpoint[] {
    return this.#servers.flatMap((server) => {
      const bound = server.address();
      if (bound === null || typeof bound === "string") return [];
      const address = socketAddress(bound.address);
      return address === undefined ? [] : [{ address, port: bound.port }];
    });
  }

  /** How many places could not be opened until now. */
  get unopened(): number {
    return this.#unopened.length;
  }

  get connectionLimit(): number {
    return this.#admission.limit;
  }

  /** Lowers the number of connections at once, where the system has no room for more. */
  lowerConnectionLimit(limit: number): void {
    this.#admission.limit = Math.min(this.#admission.limit, limit);
  }

  /**
   * Opens every port, or none.
   * @throws HarbingerError `address-in-use`, `permission`, or `config` for an address that is not here
   */
  async start(): Promise<void> {
    const { hosts, ports } = this.#options.settings;
    this.#servers = await openServers({ hosts, ports, create: () => this.#createServer() });
  }

  /**
   * Opens the ports that can be opened and are not open yet; may be called again later for the others.
   * @returns why the others cannot be opened, once for each cause
   */
  async startWhatOpens(): Promise<readonly HarbingerError[]> {
    if (this.#places.length === 0) {
      try {
        this.#places = await placesOf(this.#options.settings);
      } catch (error) {
        return bindErrors([{ host: "::", port: 0, error }]);
      }
      this.#unopened = this.#places;
    }
    const opened = await openPlaces(this.#unopened, {
      create: () => this.#createServer(),
      all: this.#places,
      untilFailure: false,
    });
    if (this.#stopping.signal.aborted) {
      await closeServers(opened.servers);
      return [];
    }
    if (this.#doorIsShut) for (const server of opened.servers) server.maxConnections = 0;
    this.#servers.push(...opened.servers);
    this.#unopened = opened.failures.map(({ host, port }) => ({ host, port }));
    return bindErrors(opened.failures);
  }

  /** Closes the ports and ends the connections that are open. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const closed = closeServers(this.#servers);
    this.#options.reception.close();
    await closed;
    this.#servers = [];
    await this.#telling;
  }

  assign(address: Address): boolean {
    const admitted = this.#admission.assign(address);
    if (!admitted) this.#counters.overLimit += 1;
    return admitted;
  }

  left(countedAs: Address | undefined): void {
    this.#admission.leave(countedAs);
    if (this.#doorIsShut && this.#admission.open <= this.#admission.limit - this.#shutFor()) this.#setDoor(false);
  }

  #createServer(): net.Server {
    // A client that has said goodbye may still read our banner.
    const server = net.createServer({ allowHalfOpen: true, noDelay: false });
    const local = new LocalEnd(server);
    server.on("connection", (socket) => this.#accept(socket, local));
    server.on("drop", (dropped) => this.#dropped(dropped));
    server.on("error", (error) => {
      if (server.listening) this.#acceptFailed(error);
    });
    return server;
  }

  #accept(socket: net.Socket, localEnd: LocalEnd): void {
    this.#counters.accepted += 1;
    const { remoteAddress, remotePort } = socket;
    const address = remoteAddress === undefined ? undefined : socketAddress(remoteAddress);
    const local = localEnd.of(socket);
    if (address === undefined || remotePort === undefined || local === undefined) {
      // Reset between the handshake and now: the socket no longer has a peer.
      socket.on("error", ignore);
      socket.destroy();
      this.#counters.vanished += 1;
      this.#countOnly(local?.port ?? 0, undefined);
      return;
    }
    const proxied = !this.#proxies.isEmpty && this.#proxies.has(address);
    const guest = this.#guest({ address, port: remotePort }, local, proxied);
    const admitted = proxied ? this.#admission.enterUncounted() : this.#admission.enter(address);
    if (admitted) {
      if (this.#admission.isFull && !this.#doorIsShut) this.#setDoor(true);
      this.#options.reception.take(socket, guest);
      return;
    }
    socket.on("error", ignore);
    // A reset leaves nothing behind in the kernel, and there is nobody to be polite to.
    socket.resetAndDestroy();
    this.#turnAway(guest);
  }

  /** Node has closed it without making a socket of it: the door was shut. */
  #dropped(dropped: net.DropArgument | undefined): void {
    this.#counters.accepted += 1;
    const peer = endpointOf(dropped?.remoteAddress, dropped?.remotePort);
    const local = endpointOf(dropped?.localAddress, dropped?.localPort);
    if (peer !== undefined && local !== undefined) {
      this.#turnAway(this.#guest(peer, local, false));
    } else {
      this.#counters.vanished += 1;
      this.#countOnly(dropped?.localPort ?? 0, undefined);
    }
  }

  #guest(peer: Endpoint, local: Endpoint, proxied: boolean): Guest {
    const { clock } = this.#options;
    const id = this.#numbers.next();
    return new Guest(this, { id, at: clock.now(), startedAt: clock.monotonic(), peer, local, proxied });
  }

  #turnAway(guest: Guest): void {
    this.#counters.overLimit += 1;
    if (this.#recordedThisPeriod < recordedOneByOne) {
      this.#recordedThisPeriod += 1;
      this.#options.reception.turnedAway(guest);
      this.#telling ??= this.#tell();
    } else {
      this.#countOnly(guest.local.port, guest.peer.address);
    }
  }

  #countOnly(localPort: number, address: Address | undefined): void {
    this.#counters.countedOnly += 1;
    this.#turnedAway.add(localPort, address);
    this.#telling ??= this.#tell();
  }

  async #tell(): Promise<void> {
    await this.#options.clock.sleep(turnedAwayPeriodMs, this.#stopping.signal);
    this.#telling = undefined;
    this.#recordedThisPeriod = 0;
    if (!this.#turnedAway.isEmpty) this.#options.onTurnedAway(this.#turnedAway.take());
  }

  /** With the door shut Node closes new connections before it makes sockets of them, which costs half as much. */
  #setDoor(shut: boolean): void {
    this.#doorIsShut = shut;
    for (const server of this.#servers) server.maxConnections = shut ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Places that must be free again before the door opens: many servers are not told at every coming and going. */
  #shutFor(): number {
    return this.#servers.length <= 16 ? 1 : Math.ceil(this.#admission.limit / 100);
  }

  #acceptFailed(error: Error): void {
    this.#counters.acceptFailures += 1;
    // One line for each power of two: a lasting shortage must not fill the log.
    if (Number.isInteger(Math.log2(this.#counters.acceptFailures))) {
      this.#options.log.warn("a connection could not be accepted", {
        listener: this.name,
        error: systemCode(error) ?? messageOf(error),
        times: this.#counters.acceptFailures,
      });
    }
  }
}

function endpointOf(address: string | undefined, port: number | undefined): Endpoint | undefined {
  const parsed = address === undefined ? undefined : socketAddress(address);
  return parsed === undefined || port === undefined ? undefined : { address: parsed, port };
}

function ignore(): void {}

import type net from "node:net";
import type { Address } from "../../core/address.ts";
import type { Clock, Random } from "../../core/clock.ts";
import type { Endpoint } from "../../core/connection.ts";
import { type HarbingerError, messageOf, systemCode } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { AddressSet } from "../../core/network.ts";
import type { Reception } from "../arrival.ts";
import { AcceptedConnection, type AcceptedConnectionHost } from "./accepted-connection.ts";
import { Admission } from "./admission.ts";
import { ArrivalNumbers } from "./arrival-numbers.ts";
import { bindError, bindErrors } from "./bind-error.ts";
import { type DecoyPort, openDecoyPorts, type PortHolder } from "./decoy-port.ts";
import type { LocalEnd } from "./local-end.ts";
import { type Place, placeKey, placesOf } from "./open-servers.ts";
import type { RejectedConnections } from "./rejected-connections.ts";
import { RejectionReport } from "./rejection-report.ts";
import type { ListenerSettings } from "./schema.ts";
import { socketAddress } from "./socket-address.ts";

export interface ListenerOptions {
  readonly settings: Pick<ListenerSettings, "name" | "hosts" | "ports" | "limits" | "trustedProxies">;
  readonly reception: Reception;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** As in `TurnedAwayReport`. */
  readonly onRejected: (counts: readonly RejectedConnections[]) => void;
  /** The listener of this name under the configuration before: who is in there counts here. */
  readonly predecessor?: Listener;
}

export interface ListenerCounters {
  /** Connections that reached us; each is handed over, turned away and recorded, or turned away and counted. */
  readonly accepted: number;
  readonly open: number;
  /** Too many at once, in all or from one address. */
  readonly overLimit: number;
  /** Reset by the client so early that the system no longer knew whose they were. */
  readonly aborted: number;
  /** Of those turned away, vanished ones included: told by `onTurnedAway` instead of one by one. */
  readonly countedOnly: number;
  /** Times that the system failed to accept. */
  readonly acceptFailures: number;
}

/**
 * The decoy's door: opens the ports, accepts whoever comes and hands them to the capturing stage. It never stops
 * accepting. When there are too many at once, in all or from one address, it closes the new ones at once and counts them.
 */
export class Listener implements AcceptedConnectionHost, PortHolder {
  readonly name: string;
  readonly #options: Omit<ListenerOptions, "predecessor">;
  /** Until its place is taken. */
  #predecessor: Listener | undefined;
  readonly #admission: Admission;
  readonly #proxies: AddressSet;
  readonly #rejections: RejectionReport;
  readonly #numbers: ArrivalNumbers;
  readonly #stopping = new AbortController();
  readonly #counters: Counters;
  /** Took the place of this one. */
  #successor: Listener | undefined;
  #connectionLimit: number;
  #ports: DecoyPort[] = [];
  #places: readonly Place[] = [];
  #unopened: readonly Place[] = [];
  #isPaused = false;
  #isRetired = false;
  /** Connections in the hands of the reception. */
  #inHand = 0;
  /** Resolved when nothing is in hand any more: once it is waited for. */
  #emptied: PromiseWithResolvers<void> | undefined;

  constructor(options: ListenerOptions) {
    const { predecessor, ...others } = options;
    const { settings, clock, random } = others;
    this.name = settings.name;
    this.#options = others;
    this.#predecessor = predecessor;
    this.#admission = predecessor?.admission ?? new Admission(settings.limits);
    this.#counters = predecessor?.rawCounters ?? noCounters();
    this.#connectionLimit = settings.limits.connections;
    this.#proxies = new AddressSet(settings.trustedProxies);
    this.#rejections = new RejectionReport({ listener: this.name, clock, onRejected: options.onRejected });
    this.#numbers = new ArrivalNumbers(clock, random);
  }

  /** Since the first listener of this name was opened, whatever the configuration was. */
  get counters(): ListenerCounters {
    return { ...this.#counters, open: this.#admission.open };
  }

  /** What is listened on, while it is. */
  get endpoints(): readonly Endpoint[] {
    return this.#ports.flatMap(({ server }) => {
      const bound = server.address();
      if (bound === null || typeof bound === "string") return [];
      const address = socketAddress(bound.address);
      return address === undefined ? [] : [{ address, port: bound.port }];
    });
  }

  get ports(): readonly DecoyPort[] {
    return this.#ports;
  }

  /** Places that could not be opened until now. */
  get unopenedPlaces(): readonly Place[] {
    return this.#unopened;
  }

  /** How many places could not be opened until now. */
  get unopened(): number {
    return this.#unopened.length;
  }

  get connectionLimit(): number {
    return this.#connectionLimit;
  }

  /** For its successor alone. */
  get admission(): Admission {
    return this.#admission;
  }

  /** For its successor alone. */
  get rawCounters(): Counters {
    return this.#counters;
  }

  /** Lowers the number of connections at once, where the system has no room for more. */
  lowerConnectionLimit(limit: number): void {
    this.#connectionLimit = Math.min(this.#connectionLimit, limit);
    if (this.#ports.length > 0) this.#admission.limit = this.#connectionLimit;
  }

  /** Every address with every port that is to be opened. */
  async places(): Promise<readonly Place[]> {
    return await placesOf(this.#options.settings);
  }

  /**
   * Opens every port, or none.
   * @throws HarbingerError `address-in-use`, `permission`, or `config` for an address that is not here
   */
  async start(): Promise<void> {
    const places = await this.places();
    const { ports, failures } = await openDecoyPorts(places, true);
    if (failures.length > 0) {
      await Promise.all(ports.map((port) => port.close()));
      throw bindError(failures);
    }
    this.#places = places;
    this.#hold(ports);
  }

  /**
   * Opens the ports that can be opened and are not open yet; may be called again later for the others.
   * @returns why the others cannot be opened, once for each cause
   */
  async startWhatOpens(): Promise<readonly HarbingerError[]> {
    if (this.#places.length === 0) {
      try {
        this.#places = await this.places();
      } catch (error) {
        return bindErrors([{ host: "::", port: 0, error }]);
      }
      this.#unopened = this.#places;
    }
    const { ports, failures } = await openDecoyPorts(this.#unopened, false);
    if (this.#stopping.signal.aborted || this.#isRetired) {
      await Promise.all(ports.map((port) => port.close()));
      return [];
    }
    this.#hold(ports);
    const failed = new Set(failures.map(placeKey));
    this.#unopened = this.#unopened.filter((place) => failed.has(placeKey(place)));
    return bindErrors(failures);
  }

  /**
   * Takes ports that are open already, of which other listeners may hold some until now. Nobody is refused meanwhile.
   * @param unopened places of its own that could not be opened before
   */
  takeOver(ports: readonly DecoyPort[], unopened: readonly Place[]): void {
    const { settings } = this.#options;
    this.#places = [...ports.map(({ place }) => place), ...unopened];
    this.#unopened = unopened;
    this.#admission.adjust({ ...settings.limits, connections: this.#connectionLimit });
    this.#predecessor?.succeededBy(this);
    this.#predecessor = undefined;
    this.#isPaused = this.#admission.isFull;
    this.#hold(ports);
  }

  /** Another listener of its name has taken its place. */
  succeededBy(successor: Listener): void {
    this.#successor = successor;
  }

  /** Others are to hold these ports. */
  release(others: ReadonlySet<DecoyPort>): void {
    this.#ports = this.#ports.filter((port) => !others.has(port));
    this.#unopened = [];
  }

  /** One of its ports, which had been closed, is open again. */
  takeBack(port: DecoyPort): void {
    this.#unopened = this.#unopened.filter((place) => place !== port.place);
    this.#hold([port]);
  }

  /** One of its ports was closed and could not be opened again. */
  lost(port: DecoyPort): void {
    this.#ports = this.#ports.filter((other) => other !== port);
    this.#unopened = [...this.#unopened, port.place];
  }

  /** Closes the ports that are left; resolves when the connections that it accepted have come to their own end. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    const ports = this.#ports;
    await Promise.all(ports.map((port) => port.drain()));
    this.#ports = [];
    this.#emptied = Promise.withResolvers();
    const closed = ports.map((port) => port.close());
    if (this.#inHand > 0) await this.#emptied.promise;
    await Promise.all(closed);
    await this.#rejections.stop();
  }

  /** Closes the ports and ends the connections that are open. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const closed = this.#ports.map((port) => port.close());
    this.#options.reception.close();
    await Promise.all(closed);
    this.#ports = [];
    await this.#rejections.stop();
  }

  assign(address: Address): boolean {
    const admitted = this.#admission.assign(address);
    if (!admitted) this.#counters.overLimit += 1;
    return admitted;
  }

  left(countedAs: Address | undefined): void {
    this.#admission.leave(countedAs);
    this.#inHand -= 1;
    if (this.#inHand === 0) this.#emptied?.resolve();
    let latest: Listener = this;
    while (latest.#successor !== undefined) latest = latest.#successor;
    latest.#resumeIfRoom();
  }

  #hold(ports: readonly DecoyPort[]): void {
    for (const port of ports) {
      this.#ports.push(port);
      port.server.maxConnections = this.#isPaused ? 0 : Number.POSITIVE_INFINITY;
      port.hold(this);
    }
  }

  accept(socket: net.Socket, localEnd: LocalEnd): void {
    this.#counters.accepted += 1;
    const { remoteAddress, remotePort } = socket;
    const address = remoteAddress === undefined ? undefined : socketAddress(remoteAddress);
    const local = localEnd.of(socket);
    if (address === undefined || remotePort === undefined || local === undefined) {
      // Reset between the handshake and now: the socket no longer has a peer.
      socket.on("error", ignore);
      socket.destroy();
      this.#counters.aborted += 1;
      this.#countOnly(local?.port ?? 0, undefined);
      return;
    }
    const proxied = !this.#proxies.isEmpty && this.#proxies.has(address);
    const connection = this.#newConnection({ address, port: remotePort }, local, proxied);
    const admitted = proxied ? this.#admission.enterUncounted() : this.#admission.enter(address);
    if (admitted) {
      if (this.#admission.isFull && !this.#isPaused) this.#setPaused(true);
      this.#inHand += 1;
      this.#options.reception.take(socket, connection);
      return;
    }
    socket.on("error", ignore);
    // A reset leaves nothing behind in the kernel, and there is nobody to be polite to.
    socket.resetAndDestroy();
    this.#reject(connection);
  }

  /** Node has closed it without making a socket of it: the door was shut. */
  dropped(dropped: net.DropArgument | undefined): void {
    this.#counters.accepted += 1;
    const peer = endpointOf(dropped?.remoteAddress, dropped?.remotePort);
    const local = endpointOf(dropped?.localAddress, dropped?.localPort);
    if (peer !== undefined && local !== undefined) {
      this.#reject(this.#newConnection(peer, local, false));
    } else {
      this.#counters.aborted += 1;
      this.#countOnly(dropped?.localPort ?? 0, undefined);
    }
  }

  #newConnection(peer: Endpoint, local: Endpoint, proxied: boolean): AcceptedConnection {
    const { clock } = this.#options;
    const id = this.#numbers.next();
    return new AcceptedConnection(this, { id, at: clock.now(), startedAt: clock.monotonic(), peer, local, proxied });
  }

  #reject(connection: AcceptedConnection): void {
    this.#counters.overLimit += 1;
    if (this.#rejections.recordOne()) this.#options.reception.rejected(connection);
    else this.#countOnly(connection.local.port, connection.peer.address);
  }

  #countOnly(localPort: number, address: Address | undefined): void {
    this.#counters.countedOnly += 1;
    this.#rejections.count(localPort, address);
  }

  /** With the door shut Node closes new connections before it makes sockets of them, which costs half as much. */
  #setPaused(shut: boolean): void {
    this.#isPaused = shut;
    for (const { server } of this.#ports) server.maxConnections = shut ? 0 : Number.POSITIVE_INFINITY;
  }

  #resumeIfRoom(): void {
    if (this.#isPaused && this.#admission.open <= this.#admission.limit - this.#roomToResume()) this.#setPaused(false);
  }

  /** Places that must be free again before the door opens: many servers are not told at every coming and going. */
  #roomToResume(): number {
    return this.#ports.length <= 16 ? 1 : Math.ceil(this.#admission.limit / 100);
  }

  acceptFailed(error: Error): void {
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

interface Counters {
  accepted: number;
  overLimit: number;
  aborted: number;
  countedOnly: number;
  acceptFailures: number;
}

function noCounters(): Counters {
  return { accepted: 0, overLimit: 0, aborted: 0, countedOnly: 0, acceptFailures: 0 };
}

function endpointOf(address: string | undefined, port: number | undefined): Endpoint | undefined {
  const parsed = address === undefined ? undefined : socketAddress(address);
  return parsed === undefined || port === undefined ? undefined : { address: parsed, port };
}

function ignore(): void {}

import type { Endpoint } from "../../core/connection.ts";
import type { HarbingerError } from "../../core/errors.ts";
import { Acceptor, type AcceptorOptions, type ListenerCounters } from "./acceptor.ts";
import { bindError, bindErrors } from "./bind-error.ts";
import { type DecoyPort, openDecoyPorts } from "./decoy-port.ts";
import { type Place, placeKey, placesOf } from "./open-servers.ts";
import type { ListenerSettings } from "./schema.ts";
import { socketAddress } from "./socket-address.ts";

export interface ListenerOptions extends Omit<AcceptorOptions, "settings" | "predecessor"> {
  readonly settings: Pick<ListenerSettings, "name" | "hosts" | "ports" | "limits" | "trustedProxies">;
  /** The listener of this name under the previous configuration: its open connections count here too. */
  readonly predecessor?: Listener | undefined;
}

/**
 * One entry of `listeners`: opens its ports, passes their connections to an {@link Acceptor}, and closes them. Under a
 * new configuration another listener takes over the ports that stay, so that no connection is refused meanwhile.
 */
export class Listener {
  readonly name: string;
  readonly #options: Pick<ListenerOptions, "settings" | "reception">;
  readonly #acceptor: Acceptor;
  readonly #stopping = new AbortController();
  #connectionLimit: number;
  #places: readonly Place[] = [];
  #unopened: readonly Place[] = [];
  #isRetired = false;

  constructor({ predecessor, ...options }: ListenerOptions) {
    const { settings, reception } = options;
    this.name = settings.name;
    this.#options = { settings, reception };
    this.#acceptor = new Acceptor({
      ...options,
      predecessor: predecessor === undefined ? undefined : predecessor.#acceptor,
    });
    this.#connectionLimit = settings.limits.connections;
  }

  /** Since the first listener of this name was opened, under whatever configuration. */
  get counters(): ListenerCounters {
    return this.#acceptor.counters;
  }

  /** Addresses and ports that are open now. */
  get endpoints(): readonly Endpoint[] {
    return this.ports.flatMap(({ server }) => {
      const bound = server.address();
      if (bound === null || typeof bound === "string") return [];
      const address = socketAddress(bound.address);
      return address === undefined ? [] : [{ address, port: bound.port }];
    });
  }

  get ports(): readonly DecoyPort[] {
    return this.#acceptor.ports;
  }

  /** Places that could not be opened so far. */
  get unopenedPlaces(): readonly Place[] {
    return this.#unopened;
  }

  /** How many places could not be opened so far. */
  get unopened(): number {
    return this.#unopened.length;
  }

  get connectionLimit(): number {
    return this.#connectionLimit;
  }

  /** Lowers the number of connections at once, where the system has no room for more. */
  lowerConnectionLimit(limit: number): void {
    this.#connectionLimit = Math.min(this.#connectionLimit, limit);
    if (this.ports.length > 0) this.#acceptor.admission.limit = this.#connectionLimit;
  }

  /** Every address with every port that is to be opened. */
  async places(): Promise<readonly Place[]> {
    return await placesOf(this.#options.settings);
  }

  /**
   * Opens every port, or none.
   * @throws HarbingerError `address-in-use`, `permission`, or `config` for an address that this machine does not have
   */
  async start(): Promise<void> {
    const places = await this.places();
    const { ports, failures } = await openDecoyPorts(places, true);
    if (failures.length > 0) {
      await Promise.all(ports.map((port) => port.close()));
      throw bindError(failures);
    }
    this.#places = places;
    this.#acceptor.hold(ports);
  }

  /**
   * Opens the ports that can be opened and are not open yet; may be called again later for the others.
   * @returns why the others cannot be opened, once for each cause
   */
  async startAvailable(): Promise<readonly HarbingerError[]> {
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
    this.#acceptor.hold(ports);
    const failed = new Set(failures.map(placeKey));
    this.#unopened = this.#unopened.filter((place) => failed.has(placeKey(place)));
    return bindErrors(failures);
  }

  /**
   * Takes ports that are open already, some of them held by other listeners until now. No connection is refused meanwhile.
   * @param unopened places of its own that could not be opened before
   */
  takeOver(ports: readonly DecoyPort[], unopened: readonly Place[]): void {
    const { settings } = this.#options;
    this.#places = [...ports.map(({ place }) => place), ...unopened];
    this.#unopened = unopened;
    this.#acceptor.succeed({ ...settings.limits, connections: this.#connectionLimit });
    this.#acceptor.hold(ports);
  }

  /** Gives up ports that other listeners take over. */
  release(others: ReadonlySet<DecoyPort>): void {
    this.#acceptor.release((port) => others.has(port));
    this.#unopened = [];
  }

  /** One of its ports, which had been closed, is open again. */
  takeBack(port: DecoyPort): void {
    this.#unopened = this.#unopened.filter((place) => place !== port.place);
    this.#acceptor.hold([port]);
  }

  /** One of its ports was closed and could not be opened again. */
  lost(port: DecoyPort): void {
    this.#acceptor.release((other) => other === port);
    this.#unopened = [...this.#unopened, port.place];
  }

  /** Closes the remaining ports; resolves when the connections that it accepted have ended by themselves. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    const { ports } = this;
    await Promise.all(ports.map((port) => port.drain()));
    this.#acceptor.release(() => true);
    const closed = ports.map((port) => port.close());
    await this.#acceptor.finished();
    await Promise.all(closed);
    await this.#acceptor.stop();
  }

  /** Closes the ports and ends the connections that are open. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const closed = this.ports.map((port) => port.close());
    this.#options.reception.close();
    await Promise.all(closed);
    this.#acceptor.release(() => true);
    await this.#acceptor.stop();
  }
}

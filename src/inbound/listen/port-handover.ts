import { systemCode } from "../../core/errors.ts";
import { type BindFailure, bindError } from "./bind-error.ts";
import { type DecoyPort, openDecoyPorts } from "./decoy-port.ts";
import type { Listener } from "./listener.ts";
import { type Place, placeKey } from "./open-servers.ts";

/** A prepared replacement of the listeners of one configuration by those of the next. */
export interface PortHandover {
  /**
   * The new listeners take every connection from now on; the old ones keep their open connections. Synchronous; never
   * fails.
   */
  commit(): void;
  /** Restores the earlier state: closes the ports that were opened. */
  abandon(): Promise<void>;
}

interface Taken {
  readonly ports: DecoyPort[];
  readonly unopened: Place[];
}

/**
 * Prepares the `next` listeners to take over from the `current` ones. Ports that both have stay open and change
 * hands; ports that only the next ones have are opened now, and their connections wait for the commit. A port that
 * could not be opened before is left for a later try.
 * @throws HarbingerError as `Listener.start` does, where a port that is new cannot be opened; nothing has changed then
 */
export async function preparePortHandover(
  current: readonly Listener[],
  next: readonly Listener[],
): Promise<PortHandover> {
  const held = new Map(current.flatMap((listener) => listener.ports.map((port) => [placeKey(port.place), port])));
  const missing = new Set(current.flatMap((listener) => listener.unopenedPlaces.map(placeKey)));
  const taken = new Map<Listener, Taken>();
  const wanted: { readonly place: Place; readonly by: Taken }[] = [];
  for (const listener of next) {
    const by: Taken = { ports: [], unopened: [] };
    taken.set(listener, by);
    for (const place of await listener.places()) {
      const key = placeKey(place);
      const port = held.get(key);
      if (port !== undefined) {
        by.ports.push(port);
        held.delete(key);
      } else if (missing.has(key)) by.unopened.push(place);
      else wanted.push({ place, by });
    }
  }
  // Ports that only the current listeners have are closed.
  const leaving = [...held.values()];
  const swap = new PortSwap(current, leaving);
  const opened = await swap.open(wanted.map(({ place }) => place));
  const byKey = new Map(opened.map((port) => [placeKey(port.place), port]));
  for (const { place, by } of wanted) {
    const port = byKey.get(placeKey(place));
    if (port !== undefined) by.ports.push(port);
  }
  return {
    commit() {
      takeOpenedMeanwhile(current, taken);
      const changing = new Set([...taken.values()].flatMap(({ ports }) => ports));
      for (const listener of current) listener.release(changing);
      for (const [listener, { ports, unopened }] of taken) listener.takeOver(ports, unopened);
    },
    abandon: () => swap.undo(opened),
  };
}

/** A missing port may have been opened by another try in the meantime. */
function takeOpenedMeanwhile(current: readonly Listener[], taken: ReadonlyMap<Listener, Taken>): void {
  const open = new Map(current.flatMap(({ ports }) => ports.map((port) => [placeKey(port.place), port])));
  for (const by of taken.values()) {
    const missing = by.unopened.splice(0);
    for (const place of missing) {
      const port = open.get(placeKey(place));
      if (port === undefined) by.unopened.push(place);
      else by.ports.push(port);
    }
  }
}

/**
 * Opens new ports while old ones are still open. An old port that conflicts (the same port on all addresses, or on
 * one of them) is closed first; nothing listens there for that moment.
 */
class PortSwap {
  readonly #current: readonly Listener[];
  readonly #leaving: readonly DecoyPort[];
  readonly #closed: DecoyPort[] = [];

  constructor(current: readonly Listener[], leaving: readonly DecoyPort[]) {
    this.#current = current;
    this.#leaving = leaving;
  }

  async open(places: readonly Place[]): Promise<readonly DecoyPort[]> {
    const { ports, failures } = await openDecoyPorts(places, false);
    const opened = [...ports];
    const ownPorts = new Set(this.#leaving.map(({ place }) => place.port));
    const isInOwnWay = ({ port, error }: BindFailure) => systemCode(error) === "EADDRINUSE" && ownPorts.has(port);
    const failed: BindFailure[] = failures.filter((failure) => !isInOwnWay(failure));
    if (failed.length === 0) {
      const blocked = failures.filter(isInOwnWay).map(({ host, port, ipv6Only }) => ({ host, port, ipv6Only }));
      await this.#close(new Set(blocked.map(({ port }) => port)));
      const retried = await openDecoyPorts(blocked, false);
      opened.push(...retried.ports);
      failed.push(...retried.failures);
    }
    if (failed.length === 0) return opened;
    await this.undo(opened);
    throw bindError(failed);
  }

  /** Closes the ports that were opened, and reopens those that were closed for them. */
  async undo(opened: readonly DecoyPort[]): Promise<void> {
    for (const port of opened) void port.close();
    const again = await openDecoyPorts(
      this.#closed.map(({ place }) => place),
      false,
    );
    const reopened = new Map(again.ports.map((port) => [placeKey(port.place), port]));
    for (const old of this.#closed) {
      const owner = this.#ownerOf(old);
      owner?.lost(old);
      const port = reopened.get(placeKey(old.place));
      if (port !== undefined) owner?.takeBack(port);
    }
  }

  async #close(numbers: ReadonlySet<number>): Promise<void> {
    const inTheWay = this.#leaving.filter(({ place }) => numbers.has(place.port));
    await Promise.all(inTheWay.map((port) => port.drain()));
    for (const port of inTheWay) {
      this.#closed.push(port);
      // Its connections stay open; closing does not wait for them.
      void port.close();
    }
  }

  #ownerOf(port: DecoyPort): Listener | undefined {
    return this.#current.find((listener) => listener.ports.includes(port));
  }
}

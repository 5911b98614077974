import type { Connection, Endpoint } from "../../core/connection.ts";
import type { HarbingerError } from "../../core/errors.ts";
import type { ListenerCounters } from "./acceptor.ts";
import type { Listener } from "./listener.ts";
import { OwnProbes, probeEndpoints } from "./own-probes.ts";
import { type PortHandover, preparePortHandover } from "./port-handover.ts";

/** What {@link ActiveListeners.probe} finds. */
export interface ListenerHealth {
  readonly listener: string;
  readonly accepts: boolean;
  /** Ports that could not be opened so far. */
  readonly unopened: number;
}

/** The listeners of the configuration in force, and those of earlier ones whose connections are still open. */
export class ActiveListeners {
  #current: readonly Listener[];
  /** Of earlier configurations: each stays until the connections that it accepted have ended. */
  readonly #retiring = new Set<Listener>();
  readonly #ownProbes = new OwnProbes();
  #opening: Promise<unknown> = Promise.resolve();
  #mostAccepted = 0;

  constructor(listeners: readonly Listener[]) {
    this.#current = listeners;
  }

  /** Addresses and ports that are open now. */
  get endpoints(): readonly Endpoint[] {
    return this.#current.flatMap((listener) => listener.endpoints);
  }

  /** Of a listener in force: see `ListenerCounters.aborted`. */
  abortedOf(name: string): number {
    return this.#current.find((listener) => listener.name === name)?.counters.aborted ?? 0;
  }

  /** Over all listeners in force, without the connections of {@link probe}. */
  get counters(): ListenerCounters {
    const sum = { accepted: 0, open: 0, overLimit: 0, aborted: 0, countedOnly: 0, acceptFailures: 0 };
    for (const { counters } of this.#current) {
      sum.accepted += counters.accepted;
      sum.open += counters.open;
      sum.overLimit += counters.overLimit;
      sum.aborted += counters.aborted;
      sum.countedOnly += counters.countedOnly;
      sum.acceptFailures += counters.acceptFailures;
    }
    // A probe counts as accepted from its begin, so that it never appears, and a counter never goes back.
    this.#mostAccepted = Math.max(this.#mostAccepted, sum.accepted - this.#ownProbes.accepted);
    sum.accepted = this.#mostAccepted;
    return sum;
  }

  /**
   * Opens every port, or none.
   * @param opened called when all are open; if it throws, they are closed again
   * @throws HarbingerError as `Listener.start` does
   */
  async start(opened?: () => void): Promise<void> {
    const open: Listener[] = [];
    try {
      for (const listener of this.#current) {
        await listener.start();
        open.push(listener);
      }
      opened?.();
    } catch (error) {
      await Promise.all(open.map((listener) => listener.stop()));
      throw error;
    }
  }

  /**
   * Opens the ports that can be opened.
   * @param opened called after that; if it throws, they are closed again
   * @returns why the others cannot be opened, once for each cause; {@link openMore} tries them again
   */
  async startAvailable(opened?: () => void): Promise<readonly HarbingerError[]> {
    const failures = await this.openMore();
    try {
      opened?.();
    } catch (error) {
      await Promise.all(this.#current.map((listener) => listener.stop()));
      throw error;
    }
    return failures;
  }

  /** Tries the ports that could not be opened before. @returns why some still cannot be opened */
  async openMore(): Promise<readonly HarbingerError[]> {
    // One at a time: two calls would both try to open the same ports.
    const opening = this.#opening.then(async () => {
      const failures: HarbingerError[] = [];
      for (const listener of this.#current) failures.push(...(await listener.startAvailable()));
      return failures;
    });
    this.#opening = opening.catch(() => undefined);
    return await opening;
  }

  /**
   * Prepares `next` to replace the listeners in force while connections come in. At the commit open ports change
   * hands; connections that were accepted before stay with the listener that accepted them.
   * @param opened called when the new ports are open; if it throws, everything stays as it was
   * @throws HarbingerError where a new port cannot be opened; nothing has changed then
   */
  async prepare(next: readonly Listener[], opened?: () => void): Promise<PortHandover> {
    const before = this.#current;
    const handover = await preparePortHandover(before, next);
    try {
      opened?.();
    } catch (error) {
      await handover.abandon();
      throw error;
    }
    return {
      commit: () => {
        handover.commit();
        this.#current = next;
        // They count from zero.
        this.#ownProbes.accepted = 0;
        this.#mostAccepted = 0;
        for (const listener of before) this.#retire(listener);
      },
      abandon: () => handover.abandon(),
    };
  }

  /** Whether each listener accepts connections. Makes connections that are neither recorded nor reported. */
  async probe(timeoutMs: number): Promise<readonly ListenerHealth[]> {
    return await Promise.all(
      this.#current.map(async ({ name, endpoints, unopened }) => {
        let accepts = false;
        // One port is enough: one event loop serves all. IPv4 first, then IPv6.
        for (const endpoint of probeEndpoints(endpoints)) {
          accepts ||= await this.#ownProbes.accepts(endpoint, timeoutMs);
        }
        return { listener: name, accepts, unopened };
      }),
    );
  }

  /** Whether {@link probe} made this connection. To be called once per connection. */
  takeOwnProbe({ peer, via }: Pick<Connection, "peer" | "via">): boolean {
    return this.#ownProbes.take(via ?? peer);
  }

  /** Closes all ports and ends the connections that are open. */
  async stop(): Promise<void> {
    await Promise.all([...this.#current, ...this.#retiring].map((listener) => listener.stop()));
  }

  #retire(listener: Listener): void {
    this.#retiring.add(listener);
    void listener.retire().then(() => this.#retiring.delete(listener));
  }
}

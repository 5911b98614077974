import net from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { LocalEnd } from "./local-end.ts";
import { openPlaces, type Place } from "./open-servers.ts";

/** Receives the connections of a port. */
export interface PortHolder {
  accept(socket: net.Socket, local: LocalEnd): void;
  /** Node closed a connection without making a socket, because `maxConnections` is reached. */
  dropped(connection: net.DropArgument | undefined): void;
  acceptFailed(error: Error): void;
}

/** Maximum number of connections that wait for a holder: a port is opened moments before it has one. */
const maxWaiting = 1000;

/**
 * One listening socket. Its connections go to its holder, which may change at any time while the socket stays open,
 * so that no connection is refused. Until there is a first holder, connections wait.
 */
export class DecoyPort {
  readonly place: Place;
  readonly server: net.Server;
  readonly #local: LocalEnd;
  #waiting: net.Socket[] = [];
  #holder: PortHolder | undefined;
  #accepted = 0;

  constructor(place: Place) {
    this.place = place;
    // A client that has closed its sending side may still read our banner.
    const server = net.createServer({ allowHalfOpen: true, noDelay: false });
    this.server = server;
    this.#local = new LocalEnd(server);
    server.on("connection", (socket) => {
      this.#accepted += 1;
      if (this.#holder === undefined) this.#wait(socket);
      else this.#holder.accept(socket, this.#local);
    });
    server.on("drop", (dropped) => this.#holder?.dropped(dropped));
    server.on("error", (error) => {
      if (server.listening) this.#holder?.acceptFailed(error);
    });
  }

  /** Passes connections to `holder` from now on, starting with those that wait. */
  hold(holder: PortHolder): void {
    this.#holder = holder;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const socket of waiting) {
      socket.off("error", ignore);
      holder.accept(socket, this.#local);
    }
  }

  /**
   * Accepts the connections in the system's backlog before the port is closed; otherwise they would be reset. Node
   * accepts one per turn of its event loop.
   */
  async drain(): Promise<void> {
    for (let turn = 0; turn < maxWaiting; turn++) {
      const before = this.#accepted;
      await nextTurn();
      if (this.#accepted === before) return;
    }
  }

  /** Stops accepting. Resolves when its last connection is closed. */
  close(): Promise<void> {
    for (const socket of this.#waiting) socket.resetAndDestroy();
    this.#waiting = [];
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  #wait(socket: net.Socket): void {
    socket.on("error", ignore);
    if (this.#waiting.length < maxWaiting) this.#waiting.push(socket);
    else socket.resetAndDestroy();
  }
}

/**
 * Opens the `places` that can be opened; their connections wait for a holder.
 * @param untilFailure stop at the first failure
 */
export async function openDecoyPorts(places: readonly Place[], untilFailure: boolean) {
  const made = new Map<net.Server, DecoyPort>();
  const { servers, failures } = await openPlaces(places, {
    create(place) {
      const port = new DecoyPort(place);
      made.set(port.server, port);
      return port.server;
    },
    untilFailure,
  });
  return { ports: servers.flatMap((server) => made.get(server) ?? []), failures };
}

function ignore(): void {}

import net from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { LocalEnd } from "./local-end.ts";
import { openPlaces, type Place } from "./open-servers.ts";

/** Who takes the connections that reach a port. */
export interface PortHolder {
  accept(socket: net.Socket, local: LocalEnd): void;
  /** Node has closed a connection without making a socket of it, because the server takes none for now. */
  dropped(connection: net.DropArgument | undefined): void;
  acceptFailed(error: Error): void;
}

/** Connections that wait for a holder, at most: a port is opened moments before it has one. */
const maxWaiting = 1000;

/**
 * One listening socket. Its connections go to whoever holds it, and the holder may change at any time: the socket stays
 * open, so that nobody is refused meanwhile. Until there is a first holder, connections wait.
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
    // A client that has said goodbye may still read our banner.
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

  /** From now on connections go to `holder`, those that wait first. */
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
   * Accepts what the system has completed already, before the port is closed: those connections would be reset. Node
   * accepts one in each turn of its loop.
   */
  async drain(): Promise<void> {
    for (let turn = 0; turn < maxWaiting; turn++) {
      const before = this.#accepted;
      await nextTurn();
      if (this.#accepted === before) return;
    }
  }

  /** Stops accepting; resolves when its last connection is closed, too. */
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
 * Opens those of `places` that can be opened; their connections wait for a holder.
 * @param untilFailure a failure ends it: the rest is not tried
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

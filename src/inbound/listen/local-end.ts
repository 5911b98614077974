import type { Server, Socket } from "node:net";
import type { Endpoint } from "../../core/connection.ts";
import { socketAddress } from "./socket-address.ts";

/** Maximum number of cached endpoints. A machine has few addresses, unless the decoy answers for whole networks. */
const kept = 1024;

/**
 * The local endpoint of a server's connections. There are only a few, so each object is made once. A server that is
 * bound to one address needs no system call.
 */
export class LocalEnd {
  readonly #server: Server;
  readonly #known = new Map<string, Endpoint>();
  #only: Endpoint | undefined;
  #isBoundToAll: boolean | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  /** @returns `undefined` where the client has reset the connection and the system no longer knows the endpoint */
  of(socket: Socket): Endpoint | undefined {
    this.#isBoundToAll ??= this.#readServerAddress();
    return this.#isBoundToAll ? this.#ask(socket) : this.#only;
  }

  #readServerAddress(): boolean {
    const bound = this.#server.address();
    if (bound === null || typeof bound === "string") return true;
    const address = socketAddress(bound.address);
    if (address === undefined || address === "::" || address === "0.0.0.0") return true;
    this.#only = { address, port: bound.port };
    return false;
  }

  #ask(socket: Socket): Endpoint | undefined {
    const text = socket.localAddress;
    const port = socket.localPort;
    if (text === undefined || port === undefined) return undefined;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const address = socketAddress(text);
    if (address === undefined) return undefined;
    if (this.#known.size >= kept) this.#known.clear();
    const endpoint = { address, port };
    this.#known.set(text, endpoint);
    return endpoint;
  }
}

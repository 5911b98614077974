import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Clock } from "../../../core/clock.ts";

export interface QuerySocketOptions {
  readonly family: 4 | 6;
  /** Source address. Default: any. */
  readonly from?: string | undefined;
  /** Interface for multicast: an address for IPv4, `::%eth0` for IPv6. */
  readonly multicastInterface?: string;
  readonly receive: (bytes: Uint8Array, from: RemoteInfo) => void;
}

/** A UDP socket for queries and answers; failures to send count as lost packets. */
export class QuerySocket implements AsyncDisposable {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** `undefined` where the socket cannot be opened. */
  static async open(options: QuerySocketOptions): Promise<QuerySocket | undefined> {
    const socket = createSocket(options.family === 4 ? "udp4" : "udp6");
    try {
      const listening = once(socket, "listening");
      socket.bind({ port: 0, exclusive: true, address: options.from });
      await listening;
      if (options.multicastInterface !== undefined) {
        socket.setMulticastInterface(options.multicastInterface);
        // RFC 6762 section 11: receivers ignore packets with other values.
        socket.setMulticastTTL(255);
      }
    } catch {
      socket.close();
      return undefined;
    }
    socket.on("error", () => {});
    socket.on("message", options.receive);
    return new QuerySocket(socket);
  }

  send(bytes: Uint8Array, port: number, address: string): void {
    try {
      this.#socket.send(bytes, port, address, () => {});
    } catch {
      // The route is gone: the packet is lost.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((done) => this.#socket.close(() => done()));
  }
}

const tickMs = 20;

/** Calls `send` for each item, some at a time, until all are done or `signal` aborts. */
export async function paced<Item>(
  items: readonly Item[],
  options: { readonly perSecond: number; readonly clock: Clock; readonly signal: AbortSignal },
  send: (item: Item) => void,
): Promise<void> {
  const perTick = Math.max(1, Math.round((options.perSecond * tickMs) / 1000));
  for (let at = 0; at < items.length && !options.signal.aborted; at += perTick) {
    for (const item of items.slice(at, at + perTick)) send(item);
    if (at + perTick < items.length) await options.clock.sleep(tickMs, options.signal);
  }
}

import { once } from "node:events";
import net from "node:net";
import type { Connection } from "../../src/core/connection.ts";
import { silentLog } from "../../src/core/log.ts";
import { Capture, type CaptureCounters } from "../../src/inbound/capture/capture.ts";
import type { ListenerCounters } from "../../src/inbound/listen/acceptor.ts";
import { Listener } from "../../src/inbound/listen/listener.ts";
import type { RejectedConnections } from "../../src/inbound/listen/rejected-connections.ts";
import { listenerSchema, listenerSettings } from "../../src/inbound/listen/schema.ts";
import { systemClock, systemRandom } from "../../src/platform/system-clock.ts";
import { identify } from "../../src/wire/identify.ts";

/** A loopback address that no other test process uses, for a fixed port. Linux has all of 127.0.0.0/8. */
export const ownAddress = `127.${1 + (process.pid % 200)}.${(process.pid >> 8) % 256}.${1 + ((process.pid >> 16) % 200)}`;

/** A real decoy on a free port of loopback, and its connections. */
export class Decoy implements AsyncDisposable {
  readonly connections: Connection[] = [];
  readonly rejected: RejectedConnections[] = [];
  readonly #listener: Listener;
  readonly #capture: Capture;
  readonly #waiting = new Set<() => void>();
  #inspections = 0;

  private constructor(entry: Readonly<Record<string, unknown>>) {
    const checked = listenerSchema.parse({ ports: [1], host: "127.0.0.1", ...entry });
    const named = listenerSettings("decoy", checked);
    const settings = entry["ports"] === undefined ? { ...named, ports: [0] } : named;
    const shared = { clock: systemClock, log: silentLog };
    this.#capture = new Capture({
      ...shared,
      settings: settings.capture,
      identify: (bytes, expected) => {
        this.#inspections += 1;
        return identify(bytes, expected);
      },
      onConnection: (connection) => {
        this.connections.push(connection);
        for (const look of [...this.#waiting]) look();
      },
    });
    this.#listener = new Listener({
      ...shared,
      settings,
      reception: this.#capture,
      random: systemRandom,
      onRejected: (counts) => this.rejected.push(...counts),
    });
  }

  /** @param entry keys of the listener's configuration; without `ports` a free one */
  static async start(entry: Readonly<Record<string, unknown>> = {}): Promise<Decoy> {
    const decoy = new Decoy(entry);
    await decoy.#listener.start();
    return decoy;
  }

  get port(): number {
    return this.#listener.endpoints[0]?.port ?? 0;
  }

  get counters(): ListenerCounters & CaptureCounters {
    return { ...this.#capture.counters, ...this.#listener.counters };
  }

  /** How often first bytes were parsed. */
  get looks(): number {
    return this.#inspections;
  }

  async stop(): Promise<void> {
    await this.#listener.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Resolves as soon as this many connections are closed. */
  async seen(count: number): Promise<readonly Connection[]> {
    return await new Promise((resolve) => {
      const look = () => {
        if (this.connections.length < count) return;
        this.#waiting.delete(look);
        resolve(this.connections);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** The next connection that ends, or the first if one has. */
  async one(): Promise<Connection> {
    const [connection] = await this.seen(1);
    if (connection === undefined) throw new Error("no connection");
    return connection;
  }

  async connect(options: { readonly host?: string; readonly localAddress?: string } = {}): Promise<net.Socket> {
    const socket = this.dial(options);
    await once(socket, "connect");
    return socket;
  }

  /** A new connection; it may be reset before the client knows that it is established. */
  dial(options: { readonly host?: string; readonly localAddress?: string } = {}): net.Socket {
    const socket = net.connect({ port: this.port, host: "127.0.0.1", ...options });
    socket.on("error", () => {});
    return socket;
  }
}

/** Everything that the other end sends until the connection is closed, as Latin-1. */
export async function readAll(socket: net.Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  if (!socket.closed) await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return text;
}

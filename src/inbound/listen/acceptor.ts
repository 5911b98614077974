import type net from "node:net";
import type { Address } from "../../core/address.ts";
import type { Clock, Random } from "../../core/clock.ts";
import type { Endpoint } from "../../core/connection.ts";
import { messageOf, systemCode } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { AddressSet } from "../../core/network.ts";
import type { Reception } from "../arrival.ts";
import { AcceptedConnection, type AcceptedConnectionHost } from "./accepted-connection.ts";
import { Admission } from "./admission.ts";
import { ArrivalNumbers } from "./arrival-numbers.ts";
import type { DecoyPort, PortHolder } from "./decoy-port.ts";
import type { LocalEnd } from "./local-end.ts";
import type { RejectedConnections } from "./rejected-connections.ts";
import { RejectionReport } from "./rejection-report.ts";
import type { ListenerSettings } from "./schema.ts";
import { socketAddress } from "./socket-address.ts";

export interface AcceptorOptions {
  readonly settings: Pick<ListenerSettings, "name" | "limits" | "trustedProxies">;
  readonly reception: Reception;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** See `RejectionReportOptions`. */
  readonly onRejected: (counts: readonly RejectedConnections[]) => void;
  /** The acceptor of this listener under the previous configuration: its open connections count here too. */
  readonly predecessor: Acceptor | undefined;
}

export interface ListenerCounters {
  /** Connections that reached this machine: handed over, rejected and recorded, or rejected and only counted. */
  readonly accepted: number;
  readonly open: number;
  /** Rejected: too many at once, in all or from one address. */
  readonly overLimit: number;
  /** Reset by the client so early that the system no longer knew its address. */
  readonly aborted: number;
  /** Of the rejected and aborted ones: reported in sums by `onRejected` instead of recorded one by one. */
  readonly countedOnly: number;
  /** Times that the system failed to accept. */
  readonly acceptFailures: number;
}

/**
 * Accepts the connections of a listener's ports and hands them to the capture stage. It never stops accepting: when
 * there are too many at once, in all or from one address, it closes the new ones immediately and counts them.
 */
export class Acceptor implements AcceptedConnectionHost, PortHolder {
  readonly name: string;
  readonly admission: Admission;
  readonly #options: Omit<AcceptorOptions, "predecessor">;
  readonly #proxies: AddressSet;
  readonly #rejections: RejectionReport;
  readonly #numbers: ArrivalNumbers;
  readonly #counters: Counters;
  /**
   * Shared by all acceptors of this listener, so that one whose connections are still open refers only to the latest. If each
   * referred to the next one, it would keep all of them in memory.
   */
  readonly #succession: { latest: Acceptor };
  #ports: DecoyPort[] = [];
  #isPaused = false;
  /** Connections that the capture stage has not finished yet. */
  #inProgress = 0;
  /** Resolves when none is in progress any more; set once someone waits for it. */
  #finished: PromiseWithResolvers<void> | undefined;

  constructor({ predecessor, ...options }: AcceptorOptions) {
    const { settings, clock, random, onRejected } = options;
    this.name = settings.name;
    this.#options = options;
    this.admission = predecessor?.admission ?? new Admission(settings.limits);
    this.#counters = predecessor === undefined ? noCounters() : predecessor.#counters;
    this.#succession = predecessor === undefined ? { latest: this } : predecessor.#succession;
    this.#proxies = new AddressSet(settings.trustedProxies);
    this.#rejections = new RejectionReport({ listener: this.name, clock, onRejected });
    this.#numbers = new ArrivalNumbers(clock, random);
  }

  /** Since the first listener of this name was opened, under whatever configuration. */
  get counters(): ListenerCounters {
    return { ...this.#counters, open: this.admission.open };
  }

  /** The ports whose connections come here. */
  get ports(): readonly DecoyPort[] {
    return this.#ports;
  }

  /** From now on the connections of `ports` come here. */
  hold(ports: readonly DecoyPort[]): void {
    for (const port of ports) {
      this.#ports.push(port);
      port.server.maxConnections = this.#isPaused ? 0 : Number.POSITIVE_INFINITY;
      port.hold(this);
    }
  }

  /** Forgets ports that are closed, or that another acceptor holds from now on. */
  release(isReleased: (port: DecoyPort) => boolean): void {
    this.#ports = this.#ports.filter((port) => !isReleased(port));
  }

  /** Takes the place of its predecessor, with other limits. */
  succeed(limits: Parameters<Admission["adjust"]>[0]): void {
    this.admission.adjust(limits);
    this.#succession.latest = this;
    this.#isPaused = this.admission.isFull;
  }

  /** Resolves when every connection that was handed over has ended. */
  async finished(): Promise<void> {
    this.#finished ??= Promise.withResolvers();
    if (this.#inProgress > 0) await this.#finished.promise;
  }

  /** Reports the rejected connections that are not reported yet. */
  async stop(): Promise<void> {
    await this.#rejections.stop();
  }

  assign(address: Address): boolean {
    const isAdmitted = this.admission.assign(address);
    if (!isAdmitted) this.#counters.overLimit += 1;
    return isAdmitted;
  }

  left(countedAs: Address | undefined): void {
    this.admission.leave(countedAs);
    this.#inProgress -= 1;
    if (this.#inProgress === 0) this.#finished?.resolve();
    this.#succession.latest.#resumeIfRoom();
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
      this.#countAborted(local?.port);
      return;
    }
    const proxied = !this.#proxies.isEmpty && this.#proxies.has(address);
    const connection = this.#newConnection({ address, port: remotePort }, local, proxied);
    const isAdmitted = proxied ? this.admission.enterUncounted() : this.admission.enter(address);
    if (isAdmitted) {
      if (this.admission.isFull && !this.#isPaused) this.#setPaused(true);
      this.#inProgress += 1;
      this.#options.reception.take(socket, connection);
      return;
    }
    socket.on("error", ignore);
    // A reset leaves no TIME_WAIT entry in the kernel, and there is no banner to deliver.
    socket.resetAndDestroy();
    this.#reject(connection);
  }

  /** Node closed it without making a socket, because accepting is paused. */
  dropped(dropped: net.DropArgument | undefined): void {
    this.#counters.accepted += 1;
    const peer = endpointOf(dropped?.remoteAddress, dropped?.remotePort);
    const local = endpointOf(dropped?.localAddress, dropped?.localPort);
    if (peer === undefined || local === undefined) this.#countAborted(dropped?.localPort);
    else this.#reject(this.#newConnection(peer, local, false));
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

  #countAborted(localPort = 0): void {
    this.#counters.aborted += 1;
    this.#countOnly(localPort, undefined);
  }

  #countOnly(localPort: number, address: Address | undefined): void {
    this.#counters.countedOnly += 1;
    this.#rejections.count(localPort, address);
  }

  /** While paused, Node closes new connections before it makes sockets of them, which costs half as much. */
  #setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    for (const { server } of this.#ports) server.maxConnections = isPaused ? 0 : Number.POSITIVE_INFINITY;
  }

  #resumeIfRoom(): void {
    if (this.#isPaused && this.admission.open <= this.admission.limit - this.#roomToResume()) this.#setPaused(false);
  }

  /** Places that must be free before accepting resumes: with many ports, pausing and resuming is expensive. */
  #roomToResume(): number {
    return this.#ports.length <= 16 ? 1 : Math.ceil(this.admission.limit / 100);
  }
}

type Counters = { -readonly [Name in Exclude<keyof ListenerCounters, "open">]: number };

function noCounters(): Counters {
  return { accepted: 0, overLimit: 0, aborted: 0, countedOnly: 0, acceptFailures: 0 };
}

function endpointOf(address: string | undefined, port: number | undefined): Endpoint | undefined {
  const parsed = address === undefined ? undefined : socketAddress(address);
  return parsed === undefined || port === undefined ? undefined : { address: parsed, port };
}

function ignore(): void {}

import net from "node:net";

/** Hears how connection attempts end. Time-outs are not reported: {@link InFlightProbes.expire} returns them. */
export interface InFlightListener {
  opened(probe: SettledProbe): void;
  /** @param wasAsked the system accepted the connect and the error came afterwards */
  failed(probe: SettledProbe, code: string, wasAsked: boolean): void;
}

/** The same object every time; read it, do not keep it. */
export interface SettledProbe {
  readonly endpoint: number;
  readonly attempt: number;
  readonly lane: Lane;
  readonly startedAt: number;
}

/** A probe to be sent; may be reused once {@link InFlightProbes.launch} has returned. */
export interface NewProbe {
  endpoint: number;
  attempt: number;
  lane: Lane;
  /** An address, as text. */
  host: string;
  port: number;
}

/** A connection under way. The slot is -1 once it no longer counts. */
class ProbeSocket extends net.Socket {
  slot = -1;
  readonly inFlight: InFlightProbes;

  constructor(inFlight: InFlightProbes) {
    super();
    this.inFlight = inFlight;
  }
}

function onClose(this: ProbeSocket): void {
  this.inFlight.closed(this);
}

// One function for all sockets, instead of closures for each.
function onConnect(this: ProbeSocket): void {
  this.inFlight.connected(this);
}

function onError(this: ProbeSocket, error: NodeJS.ErrnoException): void {
  this.inFlight.refused(this, error.code ?? "UNKNOWN");
}

/** First looks (0), repeated ones (1) and questions to a host (2) wait for different times, so each has its own list, oldest first. */
export type Lane = 0 | 1 | 2;

export const lanes: readonly Lane[] = [0, 1, 2];

const none = -1;

/**
 * The connections under way, in slots of typed arrays, each in a list by age, so that the oldest is at hand without a timer
 * for each. A connection that opens is ended by RST: nothing is written, no TIME_WAIT stays behind.
 */
export class InFlightProbes {
  readonly #listener: InFlightListener;
  readonly #now: () => number;
  readonly #sockets: (ProbeSocket | undefined)[];
  readonly #endpoints: Float64Array;
  readonly #attempts: Uint8Array;
  readonly #startedAt: Float64Array;
  readonly #turns: Float64Array;
  readonly #lanes: Uint8Array;
  readonly #older: Int32Array;
  readonly #newer: Int32Array;
  readonly #oldest: [number, number, number] = [none, none, none];
  readonly #newest: [number, number, number] = [none, none, none];
  readonly #counts: [number, number, number] = [0, 0, 0];
  readonly #idle: ProbeSocket[] = [];
  readonly #free: Int32Array;
  #freeCount: number;
  #turn = 0;
  readonly #settled: { endpoint: number; attempt: number; lane: Lane; startedAt: number } = {
    endpoint: 0,
    attempt: 0,
    lane: 0,
    startedAt: 0,
  };

  constructor(options: { readonly capacity: number; readonly listener: InFlightListener; readonly now: () => number }) {
    const { capacity } = options;
    this.#listener = options.listener;
    this.#now = options.now;
    this.#sockets = new Array<ProbeSocket | undefined>(capacity).fill(undefined);
    this.#endpoints = new Float64Array(capacity);
    this.#attempts = new Uint8Array(capacity);
    this.#startedAt = new Float64Array(capacity);
    this.#turns = new Float64Array(capacity);
    this.#lanes = new Uint8Array(capacity);
    this.#older = new Int32Array(capacity);
    this.#newer = new Int32Array(capacity);
    this.#free = Int32Array.from({ length: capacity }, (_, index) => capacity - 1 - index);
    this.#freeCount = capacity;
  }

  get capacity(): number {
    return this.#sockets.length;
  }

  /** How many connections are under way. */
  get size(): number {
    return this.#sockets.length - this.#freeCount;
  }

  /** How many of a lane are under way. */
  sizeOf(lane: Lane): number {
    return this.#counts[lane];
  }

  launch(probe: Readonly<NewProbe>): void {
    const socket = this.#idle.pop() ?? this.#newSocket();
    this.#freeCount -= 1;
    const slot = this.#free[this.#freeCount] ?? 0;
    this.#sockets[slot] = socket;
    this.#endpoints[slot] = probe.endpoint;
    this.#attempts[slot] = probe.attempt;
    this.#startedAt[slot] = this.#now();
    this.#turns[slot] = this.#turn;
    this.#append(slot, probe.lane);
    socket.slot = slot;
    socket.connect({ host: probe.host, port: probe.port, autoSelectFamily: false });
  }

  #newSocket(): ProbeSocket {
    const socket = new ProbeSocket(this);
    socket.on("connect", onConnect);
    socket.on("error", onError);
    socket.on("close", onClose);
    return socket;
  }

  /** @internal Once it is closed, a socket may connect again (`net.Socket.connect`); that saves a quarter of the work. */
  closed(socket: ProbeSocket): void {
    if (this.#idle.length < this.#sockets.length) this.#idle.push(socket);
  }

  /**
   * To be called after a series of launches: what fails from the next turn of the event loop on was accepted by the
   * system. (Node reports a refusal by the system itself in ticks of the same turn.)
   */
  endTurn(): void {
    process.nextTick(nextTurn, this, 4);
  }

  /** @internal */
  advance(): void {
    this.#turn += 1;
  }

  /** When the oldest of a lane started; Infinity when there is none. */
  oldestStart(lane: Lane): number {
    const slot = this.#oldest[lane];
    return slot === none ? Number.POSITIVE_INFINITY : (this.#startedAt[slot] ?? 0);
  }

  /** The endpoint of the oldest of a lane; -1 when there is none. */
  oldestEndpoint(lane: Lane): number {
    const slot = this.#oldest[lane];
    return slot === none ? none : (this.#endpoints[slot] ?? none);
  }

  /** Gives up the oldest of a lane, which must not be empty. */
  expire(lane: Lane): SettledProbe {
    const slot = this.#oldest[lane];
    const socket = this.#sockets[slot];
    const settled = this.#release(slot);
    if (socket !== undefined) {
      socket.slot = none;
      socket.destroy();
    }
    return settled;
  }

  /** @internal */
  connected(socket: ProbeSocket): void {
    if (socket.slot === none) return;
    // A connection from a local port to itself (RFC 9293 section 3.5, simultaneous open) is no server.
    const isSelf = socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
    const settled = this.#release(socket.slot);
    socket.slot = none;
    socket.resetAndDestroy();
    if (isSelf) this.#listener.failed(settled, "ECONNREFUSED", true);
    else this.#listener.opened(settled);
  }

  /** @internal */
  refused(socket: ProbeSocket, code: string): void {
    if (socket.slot === none) return;
    const wasAsked = this.#turns[socket.slot] !== this.#turn;
    const settled = this.#release(socket.slot);
    socket.slot = none;
    this.#listener.failed(settled, code, wasAsked);
  }

  /** Ends everything under way without a report. */
  abandon(): void {
    for (const lane of lanes) while (this.#oldest[lane] !== none) this.expire(lane);
  }

  /** The endpoints under way. */
  *[Symbol.iterator](): Generator<number> {
    for (const lane of lanes) {
      for (let slot = this.#oldest[lane]; slot !== none; slot = this.#newer[slot] ?? none)
        yield this.#endpoints[slot] ?? 0;
    }
  }

  #append(slot: number, lane: Lane): void {
    const before = this.#newest[lane];
    this.#lanes[slot] = lane;
    this.#older[slot] = before;
    this.#newer[slot] = none;
    if (before === none) this.#oldest[lane] = slot;
    else this.#newer[before] = slot;
    this.#newest[lane] = slot;
    this.#counts[lane] += 1;
  }

  #release(slot: number): SettledProbe {
    const lane = lanes[this.#lanes[slot] ?? 0] ?? 0;
    const older = this.#older[slot] ?? none;
    const newer = this.#newer[slot] ?? none;
    if (older === none) this.#oldest[lane] = newer;
    else this.#newer[older] = newer;
    if (newer === none) this.#newest[lane] = older;
    else this.#older[newer] = older;
    this.#counts[lane] -= 1;
    this.#sockets[slot] = undefined;
    this.#free[this.#freeCount] = slot;
    this.#freeCount += 1;
    this.#settled.endpoint = this.#endpoints[slot] ?? 0;
    this.#settled.attempt = this.#attempts[slot] ?? 0;
    this.#settled.lane = lane;
    this.#settled.startedAt = this.#startedAt[slot] ?? 0;
    return this.#settled;
  }
}

/** Passes over the ticks in which Node reports what failed at once. */
function nextTurn(inFlight: InFlightProbes, ticks: number): void {
  if (ticks === 0) inFlight.advance();
  else process.nextTick(nextTurn, inFlight, ticks - 1);
}

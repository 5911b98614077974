import net from "node:net";

/** Is called when a probe ends. Time-outs are not reported: {@link InFlightProbes.expire} returns them. */
export interface InFlightListener {
  opened(probe: EndedProbe): void;
  /** @param wasSent the system accepted the connect and the error came afterwards */
  failed(probe: EndedProbe, code: string, wasSent: boolean): void;
}

/** How a probe ended: the same object every time, so read it and do not keep it. */
export interface EndedProbe {
  readonly endpoint: number;
  readonly tries: number;
  readonly kind: ProbeKind;
  readonly startedAt: number;
}

/** A probe to be sent; may be reused once {@link InFlightProbes.launch} has returned. */
export interface NewProbe {
  endpoint: number;
  tries: number;
  kind: ProbeKind;
  /** An address, as text. */
  host: string;
  port: number;
}

/** The connection of a probe. The slot is -1 once the probe has ended. */
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

/** The first probe of an endpoint. */
export const firstProbe = 0;
/** A further probe of an endpoint that was silent. */
export const repeatedProbe = 1;
/** The first probe of a host on the own link, for which the system has to learn the MAC address. */
export const resolvingProbe = 2;

/** Probes of one kind have the same time-out. */
export type ProbeKind = typeof firstProbe | typeof repeatedProbe | typeof resolvingProbe;

export const probeKinds: readonly ProbeKind[] = [firstProbe, repeatedProbe, resolvingProbe];

const none = -1;

/**
 * The probes in flight, in slots of typed arrays. A list for each kind has the oldest first, so no probe needs
 * a timer. A connection that opens is closed by RST: nothing is written, and no TIME_WAIT is left.
 */
export class InFlightProbes {
  readonly #listener: InFlightListener;
  readonly #now: () => number;
  readonly #sockets: (ProbeSocket | undefined)[];
  readonly #endpoints: Float64Array;
  readonly #tries: Uint8Array;
  readonly #startedAt: Float64Array;
  readonly #turns: Float64Array;
  readonly #kinds: Uint8Array;
  readonly #older: Int32Array;
  readonly #newer: Int32Array;
  readonly #oldest: [number, number, number] = [none, none, none];
  readonly #newest: [number, number, number] = [none, none, none];
  readonly #counts: [number, number, number] = [0, 0, 0];
  readonly #idle: ProbeSocket[] = [];
  readonly #free: Int32Array;
  #freeCount: number;
  #turn = 0;
  readonly #ended: { endpoint: number; tries: number; kind: ProbeKind; startedAt: number } = {
    endpoint: 0,
    tries: 0,
    kind: firstProbe,
    startedAt: 0,
  };

  constructor(options: { readonly capacity: number; readonly listener: InFlightListener; readonly now: () => number }) {
    const { capacity } = options;
    this.#listener = options.listener;
    this.#now = options.now;
    this.#sockets = new Array<ProbeSocket | undefined>(capacity).fill(undefined);
    this.#endpoints = new Float64Array(capacity);
    this.#tries = new Uint8Array(capacity);
    this.#startedAt = new Float64Array(capacity);
    this.#turns = new Float64Array(capacity);
    this.#kinds = new Uint8Array(capacity);
    this.#older = new Int32Array(capacity);
    this.#newer = new Int32Array(capacity);
    this.#free = Int32Array.from({ length: capacity }, (_, index) => capacity - 1 - index);
    this.#freeCount = capacity;
  }

  get capacity(): number {
    return this.#sockets.length;
  }

  /** How many probes are in flight. */
  get size(): number {
    return this.#sockets.length - this.#freeCount;
  }

  /** How many of a kind are in flight. */
  sizeOf(kind: ProbeKind): number {
    return this.#counts[kind];
  }

  launch(probe: Readonly<NewProbe>): void {
    const socket = this.#idle.pop() ?? this.#newSocket();
    this.#freeCount -= 1;
    const slot = this.#free[this.#freeCount] ?? 0;
    this.#sockets[slot] = socket;
    this.#endpoints[slot] = probe.endpoint;
    this.#tries[slot] = probe.tries;
    this.#startedAt[slot] = this.#now();
    this.#turns[slot] = this.#turn;
    this.#append(slot, probe.kind);
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
   * Call it after a series of launches: a probe that fails in the next turn of the event loop or later was accepted by the
   * system. (Node reports a refusal by the system itself in ticks of the same turn.)
   */
  endTurn(): void {
    process.nextTick(nextTurn, this, 4);
  }

  /** @internal */
  advance(): void {
    this.#turn += 1;
  }

  /** When the oldest of a kind started; Infinity when there is none. */
  oldestStart(kind: ProbeKind): number {
    const slot = this.#oldest[kind];
    return slot === none ? Number.POSITIVE_INFINITY : (this.#startedAt[slot] ?? 0);
  }

  /** The endpoint of the oldest of a kind; -1 when there is none. */
  oldestEndpoint(kind: ProbeKind): number {
    const slot = this.#oldest[kind];
    return slot === none ? none : (this.#endpoints[slot] ?? none);
  }

  /** Gives up the oldest of a kind, of which there must be one. */
  expire(kind: ProbeKind): EndedProbe {
    const slot = this.#oldest[kind];
    const socket = this.#sockets[slot];
    const ended = this.#release(slot);
    if (socket !== undefined) {
      socket.slot = none;
      socket.destroy();
    }
    return ended;
  }

  /** @internal */
  connected(socket: ProbeSocket): void {
    if (socket.slot === none) return;
    // A connection from a local port to itself (RFC 9293 section 3.5, simultaneous open) is not a server.
    const isSelf = socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
    const ended = this.#release(socket.slot);
    socket.slot = none;
    socket.resetAndDestroy();
    if (isSelf) this.#listener.failed(ended, "ECONNREFUSED", true);
    else this.#listener.opened(ended);
  }

  /** @internal */
  refused(socket: ProbeSocket, code: string): void {
    if (socket.slot === none) return;
    const wasSent = this.#turns[socket.slot] !== this.#turn;
    const ended = this.#release(socket.slot);
    socket.slot = none;
    this.#listener.failed(ended, code, wasSent);
  }

  /** Closes all connections without a report. */
  abandon(): void {
    for (const kind of probeKinds) while (this.#oldest[kind] !== none) this.expire(kind);
  }

  /** The endpoints in flight. */
  *[Symbol.iterator](): Generator<number> {
    for (const kind of probeKinds) {
      for (let slot = this.#oldest[kind]; slot !== none; slot = this.#newer[slot] ?? none)
        yield this.#endpoints[slot] ?? 0;
    }
  }

  #append(slot: number, kind: ProbeKind): void {
    const before = this.#newest[kind];
    this.#kinds[slot] = kind;
    this.#older[slot] = before;
    this.#newer[slot] = none;
    if (before === none) this.#oldest[kind] = slot;
    else this.#newer[before] = slot;
    this.#newest[kind] = slot;
    this.#counts[kind] += 1;
  }

  #release(slot: number): EndedProbe {
    const kind = probeKinds[this.#kinds[slot] ?? firstProbe] ?? firstProbe;
    const older = this.#older[slot] ?? none;
    const newer = this.#newer[slot] ?? none;
    if (older === none) this.#oldest[kind] = newer;
    else this.#newer[older] = newer;
    if (newer === none) this.#newest[kind] = older;
    else this.#older[newer] = older;
    this.#counts[kind] -= 1;
    this.#sockets[slot] = undefined;
    this.#free[this.#freeCount] = slot;
    this.#freeCount += 1;
    this.#ended.endpoint = this.#endpoints[slot] ?? 0;
    this.#ended.tries = this.#tries[slot] ?? 0;
    this.#ended.kind = kind;
    this.#ended.startedAt = this.#startedAt[slot] ?? 0;
    return this.#ended;
  }
}

/** Waits for the ticks in which Node reports immediate failures. */
function nextTurn(inFlight: InFlightProbes, ticks: number): void {
  if (ticks === 0) inFlight.advance();
  else process.nextTick(nextTurn, inFlight, ticks - 1);
}

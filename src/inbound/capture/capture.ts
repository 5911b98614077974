import type { Socket } from "node:net";
import type { Clock } from "../../core/clock.ts";
import type { Connection } from "../../core/connection.ts";
import type { Identification, ProtocolName } from "../../core/identification.ts";
import type { Log } from "../../core/log.ts";
import type { Secret } from "../../wire/secret.ts";
import type { Arrival, Reception } from "../arrival.ts";
import { Conversation, type ConversationHost } from "./conversation.ts";
import { Deadlines } from "./deadlines.ts";
import { protocolOfPort } from "./expected-protocol.ts";
import { type Greeting, greetingWith } from "./greeting.ts";
import { type CapturedBytes, SecretMasking } from "./secret-masking.ts";

interface CaptureSettings {
  /**
   * `classic`: read the first bytes, send the banner, close. `patient`: a client that waits gets the banner, and its
   * answer is captured.
   */
  readonly mode: "patient" | "classic";
  readonly maxBytes: number;
  readonly clientTimeMs: number;
  readonly bannerTimeMs: number;
  readonly banner?: Uint8Array | undefined;
  /** Instead of one banner: a banner for each of some ports. */
  readonly bannersByPort?: ReadonlyMap<number, Uint8Array> | undefined;
  /**
   * After a banner of SMTP, FTP, POP3, IMAP, NNTP, ManageSieve or Telnet a few commands are answered. Default false;
   * never in `classic`.
   */
  readonly dialogue?: boolean;
  /** Passwords are stored. Default false: they are masked in the payload. */
  readonly passwords?: boolean;
}

export interface CaptureOptions {
  readonly settings: CaptureSettings;
  /** Identifies the protocol of first bytes; total and fast. `expected` is the protocol of the banner or the port. */
  readonly identify: (bytes: Uint8Array, expected?: ProtocolName) => Identification;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once for each connection, at its end. Must be cheap: the next accept waits for it. */
  readonly onConnection: (connection: Connection) => void;
}

export interface CaptureCounters {
  /** Connections given to `onConnection`. */
  readonly recorded: number;
  readonly open: number;
  /** Connections of trusted proxies without a valid PROXY protocol header. */
  readonly invalidProxyHeaders: number;
  /** Connections of trusted proxies without client and data: not passed to `onConnection`. */
  readonly healthChecks: number;
}

/** Maximum length of a dialogue: so many times the time for one answer, and one more. */
const maxDialogueTimes = 5;

const defaultSshIdentification = Buffer.from("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", "latin1");

/**
 * Reads the first bytes of each client within limits of bytes and time, and makes a {@link Connection} of it, even if
 * it is silent or broken. Takes sockets; returns finished connections.
 */
export class Capture implements Reception, ConversationHost {
  readonly mode: "patient" | "classic";
  readonly maxBytes: number;
  readonly sshIdentification: Uint8Array;
  readonly #greeting: Greeting | undefined;
  readonly #greetings = new Map<number, Greeting>();
  readonly #options: CaptureOptions;
  readonly #masking: SecretMasking;
  readonly #clientTime: Deadlines<Conversation>;
  readonly #answerTime: Deadlines<Conversation>;
  readonly #none: Identification;
  #open = 0;
  #recorded = 0;
  #invalidProxyHeaders = 0;
  #healthChecks = 0;

  constructor(options: CaptureOptions) {
    const { settings, identify, clock } = options;
    this.#options = options;
    this.mode = settings.mode;
    this.maxBytes = settings.maxBytes;
    this.sshIdentification = isSsh(settings.banner) ? settings.banner : defaultSshIdentification;
    const { mode, banner, bannersByPort = [], dialogue = false, passwords = false } = settings;
    const allowsDialogue = dialogue && mode === "patient";
    this.#greeting = banner === undefined ? undefined : greetingWith(banner, allowsDialogue);
    for (const [port, usual] of bannersByPort) this.#greetings.set(port, greetingWith(usual, allowsDialogue));
    this.#masking = new SecretMasking({ passwords, identify });
    this.#clientTime = new Deadlines(settings.clientTimeMs, clock);
    this.#answerTime = new Deadlines(settings.bannerTimeMs, clock);
    this.#none = identify(new Uint8Array(0));
  }

  get counters(): CaptureCounters {
    return {
      recorded: this.#recorded,
      open: this.#open,
      invalidProxyHeaders: this.#invalidProxyHeaders,
      healthChecks: this.#healthChecks,
    };
  }

  take(socket: Socket, arrival: Arrival): void {
    this.#open += 1;
    this.#clientTime.set(new Conversation(this, socket, arrival), arrival.startedAt);
  }

  rejected(arrival: Arrival): void {
    const { id, listener, at, peer, local } = arrival;
    this.#record({
      id,
      listener,
      at,
      peer,
      local,
      end: "over-limit",
      durationMs: 0,
      bytes: 0,
      payload: new Uint8Array(0),
      phase: "silent",
      identification: this.#none,
    });
  }

  close(): void {
    // Each open conversation has a deadline in one of the two.
    this.#clientTime.close();
    this.#answerTime.close();
  }

  greetingAt(port: number): Greeting | undefined {
    return this.#greeting ?? this.#greetings.get(port);
  }

  /** The banner takes precedence over the port. */
  identify(bytes: Uint8Array, port: number): Identification {
    return this.#options.identify(bytes, this.greetingAt(port)?.announces ?? protocolOfPort(port));
  }

  monotonic(): number {
    return this.#options.clock.monotonic();
  }

  waitForAnswer(conversation: Conversation): void {
    this.#clientTime.remove(conversation);
    this.#answerTime.set(conversation, this.#options.clock.monotonic());
  }

  waitForNextLine(conversation: Conversation, since: number): void {
    const now = this.#options.clock.monotonic();
    // The deadline that is set now is the last one.
    if (now - since > maxDialogueTimes * this.#options.settings.bannerTimeMs) return;
    this.#answerTime.remove(conversation);
    this.#answerTime.set(conversation, now);
  }

  mask(captured: CapturedBytes, secrets?: readonly Secret[]): CapturedBytes {
    return this.#masking.apply(captured, secrets);
  }

  invalidProxyHeader(arrival: Arrival): void {
    this.#invalidProxyHeaders += 1;
    // One line for each power of two: a proxy set up wrongly sends nothing else.
    if (!Number.isInteger(Math.log2(this.#invalidProxyHeaders))) return;
    this.#options.log.warn("a trusted proxy sent no valid PROXY protocol header", {
      listener: arrival.listener,
      proxy: arrival.peer.address,
      times: this.#invalidProxyHeaders,
    });
  }

  ended(conversation: Conversation, connection: Connection): void {
    this.#clientTime.remove(conversation);
    this.#answerTime.remove(conversation);
    this.#open -= 1;
    conversation.arrival.leave();
    if (isHealthCheck(conversation.arrival, connection)) this.#healthCheck(conversation.arrival);
    else this.#record(connection);
  }

  #healthCheck(arrival: Arrival): void {
    this.#healthChecks += 1;
    if (!Number.isInteger(Math.log2(this.#healthChecks))) return;
    this.#options.log.info("counting health checks of a trusted proxy without recording them", {
      listener: arrival.listener,
      proxy: arrival.peer.address,
      times: this.#healthChecks,
    });
  }

  #record(connection: Connection): void {
    this.#recorded += 1;
    this.#options.onConnection(connection);
  }
}

/**
 * A load balancer checks every few seconds that we accept: it connects and closes, with no header or with one that
 * names no client. A connection whose header names a client is never a health check.
 */
function isHealthCheck({ proxied, peer: proxy }: Arrival, { bytes, peer, end }: Connection): boolean {
  return proxied && bytes === 0 && end !== "over-limit" && peer.address === proxy.address;
}

function isSsh(banner: Uint8Array | undefined): banner is Uint8Array {
  return banner !== undefined && Buffer.from(banner.subarray(0, 4)).toString("latin1") === "SSH-";
}

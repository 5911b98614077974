import type { SecureContext } from "node:tls";
import type { Outcome } from "../../wire/outcome.ts";
import type { Connection } from "./connection.ts";
import type { Deadline } from "./deadline.ts";
import { type DialFailure, type DialTarget, withoutBrackets } from "./dial.ts";
import type { StartTlsProtocol } from "./starttls/starttls.ts";
import { asksForCertificate, type HandshakeFailure, notTls } from "./tls/failure.ts";
import { handshake, type TlsSession } from "./tls/handshake.ts";
import { connectForTls } from "./tls/open-tls.ts";

/**
 * The outcome of waiting for an answer.
 * - `received`: the parser recognised it. `whole` is false where the peer stopped sending, or closed, in the middle of it.
 * - `other`: it is something else.
 * - `silent`, `closed`, `broken`: nothing more arrived in time, the peer closed, or the connection (or its TLS) broke.
 */
export type Received<Value> =
  | { readonly kind: "received"; readonly value: Value; readonly whole: boolean }
  | { readonly kind: "other" | "silent" | "closed" }
  | { readonly kind: "broken"; readonly code: string };

export type ConverseOutcome =
  | { readonly kind: "open"; readonly conversation: Conversation }
  | { readonly kind: "unconnected"; readonly failure: DialFailure }
  | { readonly kind: "no-tls"; readonly failure: HandshakeFailure };

/** How long to wait for the answer to a request. */
export const answerWaitMs = 2500;

interface StartTlsOptions {
  /** Which certificates, versions and ciphers are accepted; default: all, and no certificate is trusted. */
  readonly context?: SecureContext | undefined;
  /** The limit of bytes read in the conversation; default 64 KiB. */
  readonly byteLimit?: number | undefined;
  /** How long to wait for the handshake; default {@link answerWaitMs}. */
  readonly handshakeWaitMs?: number | undefined;
}

export interface ConverseOptions extends StartTlsOptions {
  readonly tls: boolean;
  /** Requests TLS inside this protocol first. */
  readonly startTls?: StartTlsProtocol | undefined;
}

/** Connects for a probe. */
export async function converse(
  { host, port }: DialTarget,
  deadline: Deadline,
  { tls, startTls, context, byteLimit, handshakeWaitMs }: ConverseOptions,
): Promise<ConverseOutcome> {
  const reached = await connectForTls({ host, port, startTls }, deadline, { byteLimit, readTimeoutMs: answerWaitMs });
  if (reached.kind === "not-connected") return { kind: "unconnected", failure: reached.failure };
  if (reached.kind === "not-started") return { kind: "no-tls", failure: notTls(reached.reason) };
  const conversation = new Conversation(reached.connection, { host: withoutBrackets(host), port });
  if (!tls) return { kind: "open", conversation };
  const failure = await conversation.startTls({ context, byteLimit, handshakeWaitMs });
  return failure === undefined ? { kind: "open", conversation } : { kind: "no-tls", failure };
}

/** Requests and answers on one connection. What was received and not understood stays available. */
export class Conversation implements Disposable {
  #connection: Connection;
  readonly #target: DialTarget;
  #session: TlsSession | undefined;
  #opening: Buffer | undefined;
  #demandsCertificate = false;
  #hasEnded = false;

  constructor(connection: Connection, target: DialTarget) {
    this.#connection = connection;
    this.#target = target;
  }

  /** The name or address of the request. */
  get host(): string {
    return this.#target.host;
  }

  get port(): number {
    return this.#target.port;
  }

  /** The local address of the connection. */
  get localAddress(): string | undefined {
    return this.#connection.socket.localAddress;
  }

  get tls(): TlsSession | undefined {
    return this.#session;
  }

  /** The first bytes that the peer sent: inside TLS where TLS was started. */
  get opening(): Uint8Array {
    return this.#opening ?? this.#connection.buffered;
  }

  /** Whether TLS failed because the peer requires a client certificate. */
  get demandsCertificate(): boolean {
    return this.#demandsCertificate;
  }

  /** Common name, organisation and unit in the peer's certificate: `CN=UniFi O=Ubiquiti Inc.`; "" where there is none. */
  get certificateNames(): string {
    return this.#session === undefined ? "" : namesOf(this.#session);
  }

  get deadline(): Deadline {
    return this.#connection.deadline;
  }

  send(data: Uint8Array | string): void {
    this.#connection.write(data);
  }

  /** Sends `request` and waits for its answer. */
  async ask<Value>(
    request: Uint8Array | string,
    parse: (bytes: Uint8Array) => Outcome<Value>,
    lengthOf?: (value: Value) => number,
  ): Promise<Received<Value>> {
    this.send(request);
    return await this.receive(parse, answerWaitMs, lengthOf);
  }

  /**
   * Waits for a message that `parse` recognises.
   * @param lengthOf bytes of the message, where more messages may follow it; without it, all bytes that arrived are consumed
   */
  async receive<Value>(
    parse: (bytes: Uint8Array) => Outcome<Value>,
    waitMs = answerWaitMs,
    lengthOf?: (value: Value) => number,
  ): Promise<Received<Value>> {
    const seen: { outcome: Outcome<Value> } = { outcome: { kind: "incomplete" } };
    const read = await this.#connection.readUntil((bytes) => {
      this.#remember(bytes);
      const outcome = parse(bytes);
      seen.outcome = outcome;
      if (outcome.kind === "mismatch") return 0;
      if (outcome.kind === "incomplete" || !outcome.complete) return undefined;
      return Math.min(bytes.length, lengthOf?.(outcome.value) ?? bytes.length);
    }, waitMs);
    const { outcome } = seen;
    if (outcome.kind === "match") return { kind: "received", value: outcome.value, whole: outcome.complete };
    if (read.kind === "bytes") return { kind: "other" };
    if (read.kind === "reset") {
      this.#noteBreak(read.code);
      return { kind: "broken", code: read.code };
    }
    if (read.kind === "too-much") return { kind: "other" };
    return { kind: read.kind === "ended" ? "closed" : "silent" };
  }

  /** The bytes of an HTTP-like answer until `isWhole`, or all until the peer is done. */
  async collect(
    isWhole: (bytes: Uint8Array) => boolean,
    waitMs = answerWaitMs,
  ): Promise<{ bytes: Buffer; ended: boolean }> {
    const read = await this.#connection.readUntil((bytes) => {
      this.#remember(bytes);
      return isWhole(bytes) ? bytes.length : undefined;
    }, waitMs);
    return { bytes: read.bytes, ended: read.kind === "ended" };
  }

  /** What the peer sends first, within `waitMs`; empty where it waits for the client, or the connection ends. Nothing is consumed. */
  async listen(waitMs: number): Promise<Uint8Array> {
    const read = await this.#connection.readUntil((bytes) => {
      this.#remember(bytes);
      return 0;
    }, waitMs);
    if (read.kind === "reset") this.#noteBreak(read.code);
    this.#hasEnded = read.kind === "reset" || read.kind === "ended";
    return this.#connection.buffered;
  }

  /** Whether the peer closed the connection during {@link listen}. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * Begins TLS on this connection. After a failure the connection is closed.
   * @returns `undefined` on success
   */
  async startTls({
    context,
    byteLimit,
    handshakeWaitMs = answerWaitMs,
  }: StartTlsOptions = {}): Promise<HandshakeFailure | undefined> {
    const options = { serverName: this.#target.host, context, timeoutMs: handshakeWaitMs, byteLimit };
    const outcome = await handshake(this.#connection, options);
    if (outcome.kind !== "secure") {
      this.#demandsCertificate = outcome.demandsCertificate;
      return outcome;
    }
    this.#connection = outcome.connection;
    this.#opening = undefined;
    this.#session = outcome.session;
    return undefined;
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  /** With TLS 1.3 the peer rejects a missing client certificate only after the client has finished the handshake. */
  #noteBreak(code: string): void {
    if (this.#session !== undefined) this.#demandsCertificate = asksForCertificate(code, true);
  }

  #remember(bytes: Buffer): void {
    if (this.#opening === undefined || this.#opening.length < 64) this.#opening = bytes.subarray(0, 1024);
  }
}

/** RFC 5280, 4.1.2.6. A name may occur more than once. */
function namesOf({ certificate: { subject } }: TlsSession): string {
  const named: Readonly<Record<string, unknown>> = { ...subject };
  const texts = ["CN", "O", "OU"].flatMap((key) => [named[key]].flat().map((value) => [key, value] as const));
  return texts
    .flatMap(([key, value]) => (typeof value === "string" ? [`${key}=${value.slice(0, 200)}`] : []))
    .slice(0, 12)
    .join(" ");
}

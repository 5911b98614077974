import { connect as connectTls, type TLSSocket } from "node:tls";
import { systemCode } from "../../core/errors.ts";
import type { Outcome } from "../../wire/outcome.ts";
import { Connection } from "./connection.ts";
import type { Deadline } from "./deadline.ts";
import { type DialFailure, type DialTarget, dial, withoutBrackets } from "./dial.ts";
import { asksForCertificate, contextTrusting, peerChain } from "./secure.ts";
import { systemRoots } from "./verify.ts";

/**
 * The outcome of waiting for an answer.
 * - `heard`: the parser recognised it. `whole` is false where the peer stopped sending, or closed, in the middle of it.
 * - `other`: it is something else.
 * - `silent`, `closed`, `broken`: nothing more arrived in time, the peer closed, or the connection (or its TLS) broke.
 */
export type Heard<Value> =
  | { readonly kind: "heard"; readonly value: Value; readonly whole: boolean }
  | { readonly kind: "other" | "silent" | "closed" }
  | { readonly kind: "broken"; readonly code: string };

export interface TlsFacts {
  /** `TLSv1.3`. */
  readonly version: string;
}

export type ConverseOutcome =
  | { readonly kind: "open"; readonly conversation: Conversation }
  | { readonly kind: "unconnected"; readonly failure: DialFailure }
  | {
      readonly kind: "no-tls";
      readonly code: string;
      /** It speaks TLS, and requires a client certificate. */
      readonly demandsCertificate: boolean;
    };

/** How long to wait for the answer to a request. */
export const answerWaitMs = 2500;

/** The limit of bytes read in one conversation. */
const byteLimit = 64 * 1024;

/** Which certificates are trusted. A collected truststore is valid for its host, whatever names its certificates contain. */
export type Trust = { readonly kind: "system" } | { readonly kind: "truststore"; readonly pem: string };

export interface ConverseOptions {
  readonly tls: boolean;
  readonly byteLimit?: number;
  /** Without it, certificates are not verified: a probe sends no secrets. */
  readonly trust?: Trust | undefined;
  /** TLS without any certificate (anonymous Diffie-Hellman, RFC 5246, F.1.1.1), which TLS 1.3 no longer has. */
  readonly anonymous?: boolean;
}

/** Connects for a probe. */
export async function converse(
  target: DialTarget,
  deadline: Deadline,
  options: ConverseOptions,
): Promise<ConverseOutcome> {
  const dialled = await dial(target, deadline, options.byteLimit ?? byteLimit);
  if (dialled.kind !== "connected") return { kind: "unconnected", failure: dialled };
  const conversation = new Conversation(dialled.connection, { host: withoutBrackets(target.host), port: target.port });
  if (!options.tls) return { kind: "open", conversation };
  const code = await conversation.startTls(options.trust, options.byteLimit, options.anonymous);
  if (code === undefined) return { kind: "open", conversation };
  conversation[Symbol.dispose]();
  return { kind: "no-tls", code, demandsCertificate: conversation.demandsCertificate };
}

/** Questions and answers on one connection. What was received and not understood stays available. */
export class Conversation implements Disposable {
  #connection: Connection;
  readonly #plain: Connection;
  readonly #target: DialTarget;
  #tls: TlsFacts | undefined;
  #opening: Buffer | undefined;
  #demandsCertificate = false;
  #certificateNames = "";

  constructor(connection: Connection, target: DialTarget) {
    this.#connection = connection;
    this.#plain = connection;
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
    return this.#plain.socket.localAddress;
  }

  get tls(): TlsFacts | undefined {
    return this.#tls;
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
    return this.#certificateNames;
  }

  get deadline(): Deadline {
    return this.#connection.deadline;
  }

  say(data: Uint8Array | string): void {
    this.#connection.write(data);
  }

  /** Sends `request` and waits for its answer. */
  async ask<Value>(
    request: Uint8Array | string,
    parse: (bytes: Uint8Array) => Outcome<Value>,
    lengthOf?: (value: Value) => number,
  ): Promise<Heard<Value>> {
    this.say(request);
    return await this.hear(parse, answerWaitMs, lengthOf);
  }

  /**
   * Waits for a message that `parse` recognises.
   * @param lengthOf bytes of the message, where more messages may follow it; without it, all bytes that arrived are consumed
   */
  async hear<Value>(
    parse: (bytes: Uint8Array) => Outcome<Value>,
    waitMs = answerWaitMs,
    lengthOf?: (value: Value) => number,
  ): Promise<Heard<Value>> {
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
    if (outcome.kind === "match") return { kind: "heard", value: outcome.value, whole: outcome.complete };
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
    return this.#connection.buffered;
  }

  /**
   * Begins TLS on this connection.
   * @returns `undefined` on success, else the error code
   */
  async startTls(trust?: Trust, limit = byteLimit, anonymous = false): Promise<string | undefined> {
    const { deadline, address } = this.#connection;
    const socket = this.#connection.release();
    if (socket === undefined) return "unexpected bytes before TLS";
    const secure = connectTls({
      socket,
      rejectUnauthorized: trust !== undefined,
      ...(trust?.kind === "system" && { secureContext: systemRoots() }),
      ...(trust?.kind === "truststore" && {
        secureContext: contextTrusting([trust.pem]),
        checkServerIdentity: () => undefined,
      }),
      // Without verification, old versions and weak ciphers are accepted, so that old servers are recognised too.
      ...(trust === undefined && { minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" }),
      ...(anonymous && { maxVersion: "TLSv1.2", ciphers: "ADH:@SECLEVEL=0" }),
      host: this.#target.host,
      ...(isName(this.#target.host) && { servername: this.#target.host }),
    });
    const code = await handshake(secure, deadline);
    if (code !== undefined) {
      this.#demandsCertificate = asksForCertificate(code, peerChain(secure).length > 0);
      secure.destroy();
      return code;
    }
    this.#connection = new Connection(secure, address, deadline, limit);
    this.#opening = undefined;
    this.#tls = { version: secure.getProtocol() ?? "TLS" };
    this.#certificateNames = namesOf(secure);
    return undefined;
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
    if (this.#plain !== this.#connection) this.#plain[Symbol.dispose]();
  }

  /** With TLS 1.3 the peer rejects a missing client certificate only after the client has finished the handshake. */
  #noteBreak(code: string): void {
    if (this.#tls !== undefined) this.#demandsCertificate = asksForCertificate(code, true);
  }

  #remember(bytes: Buffer): void {
    if (this.#opening === undefined || this.#opening.length < 64) this.#opening = bytes.subarray(0, 1024);
  }
}

/** RFC 5280, 4.1.2.6. A name may come more than once. */
function namesOf(secure: TLSSocket): string {
  const { subject } = secure.getPeerCertificate();
  const named: Readonly<Record<string, unknown>> = { ...subject };
  const texts = ["CN", "O", "OU"].flatMap((key) => [named[key]].flat().map((value) => [key, value] as const));
  return texts
    .flatMap(([key, value]) => (typeof value === "string" ? [`${key}=${value.slice(0, 200)}`] : []))
    .slice(0, 12)
    .join(" ");
}

function handshake(secure: TLSSocket, deadline: Deadline): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle("silence"), Math.min(answerWaitMs, deadline.remainingMs()));
    const onAbort = () => settle("silence");
    const settle = (code: string | undefined) => {
      clearTimeout(timer);
      deadline.signal.removeEventListener("abort", onAbort);
      secure.off("close", onClose);
      resolve(code);
    };
    const onClose = () => settle("closed");
    deadline.signal.addEventListener("abort", onAbort, { once: true });
    // Not removed: a socket may fail at any time.
    secure.on("error", (error) => settle(systemCode(error) ?? "unknown"));
    secure.once("close", onClose);
    secure.once("secureConnect", () => settle(undefined));
  });
}

/** RFC 6066, section 3: a server name is never an address. */
function isName(host: string): boolean {
  return !/^[\d.]+$/.test(host) && !host.includes(":");
}

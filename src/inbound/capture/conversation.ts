import type { Socket } from "node:net";
import type { Connection, ConnectionEnd, Endpoint } from "../../core/connection.ts";
import type { Identification } from "../../core/identification.ts";
import { maximumHeaderBytes, parse as parseProxyHeader } from "../../wire/proxy-protocol/parse.ts";
import type { Arrival } from "../arrival.ts";
import { answerTo } from "./answer-to.ts";
import type { Deadlines, Timed } from "./deadlines.ts";
import { FirstBytes } from "./first-bytes.ts";

/** What a conversation needs of those who hold it. */
export interface ConversationHost {
  readonly maxBytes: number;
  readonly mode: "patient" | "classic";
  readonly banner: Uint8Array | undefined;
  /** Sent to a client that begins as SSH and waits for our identification before it tells its algorithms. */
  readonly sshIdentification: Uint8Array;
  /** @param port the decoy's, which may tell what is expected there */
  identify(bytes: Uint8Array, port: number): Identification;
  monotonic(): number;
  waitForAnswer(conversation: Conversation): void;
  invalidProxyHeader(arrival: Arrival): void;
  ended(conversation: Conversation, connection: Connection): void;
}

/** Early looks at what has arrived so far, whatever the size of the fragments. Past them only growth by a quarter counts. */
const freeLooks = 8;

/**
 * One connection from accept to its end. It passes through:
 * - `header`: behind a trusted proxy, until its PROXY protocol header has been read.
 * - `client`: the client's own first bytes, as long as more of them would tell more.
 * - `answer`: our banner has been sent to a client that was silent, or what one that spoke waits for; its answer.
 * - `over`: told to the host, the socket closed.
 *
 * We always close, with FIN: the client can still read the banner, which a reset may destroy on its side. Each leaves one
 * TIME_WAIT entry in the kernel for a minute, of which there are at most `tcp_max_tw_buckets`; it holds no port of ours, and
 * a reset costs a system call more. Connections over the limit are reset: they leave nothing, and nobody waits to read.
 */
export class Conversation implements Timed<Conversation> {
  dueAt = 0;
  earlier: Conversation | undefined = undefined;
  later: Conversation | undefined = undefined;
  waitsIn: Deadlines<Conversation> | undefined = undefined;

  readonly arrival: Arrival;
  readonly #socket: Socket;
  readonly #host: ConversationHost;
  readonly #first: FirstBytes;
  #state: "header" | "client" | "answer" | "over";
  #phase: Connection["phase"] = "silent";
  #peer: Endpoint;
  #via: Endpoint | undefined;
  #bytes = 0;
  #looks = 0;
  #nextLookAt = 1;
  #seen: Identification | undefined;
  /** How many bytes `#seen` is about. */
  #seenBytes = 0;

  constructor(host: ConversationHost, socket: Socket, arrival: Arrival) {
    this.#host = host;
    this.#socket = socket;
    this.arrival = arrival;
    // The header is the proxy's: the client's bytes have all of their own room behind it.
    this.#first = new FirstBytes(arrival.proxied ? maximumHeaderBytes + host.maxBytes : host.maxBytes);
    this.#state = arrival.proxied ? "header" : "client";
    this.#peer = arrival.peer;
    socket.on("data", (chunk: Uint8Array) => this.#onData(chunk));
    socket.on("end", () => this.#end("client-closed"));
    socket.on("error", () => this.#end("reset"));
  }

  onDue(): void {
    const { banner, mode } = this.#host;
    if (this.#state === "header") this.#giveUpHeader();
    const mayGreet = this.#state === "client" && this.#first.length === 0 && banner !== undefined;
    if (mayGreet && mode === "patient") this.#greet(banner);
    else this.#end("time-limit");
  }

  onClose(): void {
    this.#end("shutdown");
  }

  #onData(chunk: Uint8Array): void {
    if (this.#state === "over") return;
    this.#bytes += chunk.length;
    this.#first.add(chunk);
    if (this.#state === "header" && !this.#readHeader()) return;
    if (this.#first.length === 0) return;
    if (this.#phase === "silent") this.#phase = this.#state === "answer" ? "after-banner" : "client-first";
    this.#look();
  }

  /** @returns whether the client's own bytes can be looked at */
  #readHeader(): boolean {
    const header = parseProxyHeader(this.#first.view());
    if (header.kind === "mismatch") {
      this.#giveUpHeader();
      return true;
    }
    if (header.kind === "incomplete" || !header.complete) return false;
    this.#state = "client";
    this.#via = this.arrival.peer;
    this.#bytes -= header.value.headerBytes;
    this.#first.drop(header.value.headerBytes, this.#host.maxBytes);
    // Without a source the proxy speaks for itself: a health check. It stands as the peer, and as what handed it over.
    if (header.value.source === undefined) return true;
    this.#peer = header.value.source;
    if (this.arrival.admit(this.#peer)) return true;
    this.#end("over-limit");
    return false;
  }

  /** What a trusted proxy sent is no header: it is kept as the payload, and the proxy stands as the peer without a `via`. */
  #giveUpHeader(): void {
    this.#state = "client";
    // It just closes again after a health check.
    if (this.#bytes === 0) return;
    this.#first.drop(0, this.#host.maxBytes);
    this.#host.invalidProxyHeader(this.arrival);
    this.#phase = "client-first";
  }

  #look(): void {
    const length = this.#first.length;
    if (length < this.#nextLookAt) {
      if (this.#first.isFull) this.#end("byte-limit");
      return;
    }
    this.#looks += 1;
    this.#nextLookAt = this.#looks < freeLooks ? length + 1 : length + Math.ceil(length / 4);
    const seen = this.#identify();
    if (seen.complete) {
      this.#end("heard");
    } else if (this.#first.isFull) {
      this.#end("byte-limit");
    } else if (this.#state === "client" && this.#host.mode === "patient") {
      const answer = answerTo(seen, this.#host.sshIdentification);
      if (answer !== undefined) this.#greet(answer);
    }
  }

  #identify(): Identification {
    if (this.#seen === undefined || this.#seenBytes !== this.#first.length) {
      this.#seen = this.#host.identify(this.#first.view(), this.arrival.local.port);
      this.#seenBytes = this.#first.length;
    }
    return this.#seen;
  }

  #greet(banner: Uint8Array): void {
    this.#state = "answer";
    this.#socket.write(banner);
    this.#host.waitForAnswer(this);
  }

  #end(end: ConnectionEnd): void {
    if (this.#state === "over") return;
    const { mode, banner } = this.#host;
    this.#state = "over";
    const isThere = end !== "reset" && end !== "over-limit";
    // Small, and the send buffer is empty: the kernel has all of it before the socket is closed.
    if (mode === "classic" && banner !== undefined && isThere) this.#socket.write(banner);
    this.#socket.destroy();
    this.#host.ended(this, this.#connection(end));
  }

  #connection(end: ConnectionEnd): Connection {
    const { id, listener, at, startedAt, local } = this.arrival;
    const connection: Connection = {
      id,
      listener,
      at,
      peer: this.#peer,
      local,
      end,
      durationMs: Math.max(0, Math.round(this.#host.monotonic() - startedAt)),
      bytes: this.#bytes,
      payload: this.#first.view(),
      phase: this.#phase,
      identification: this.#identify(),
    };
    return this.#via === undefined ? connection : { ...connection, via: this.#via };
  }
}

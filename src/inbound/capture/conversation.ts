import type { Socket } from "node:net";
import type { Connection, ConnectionEnd, Endpoint } from "../../core/connection.ts";
import type { Identification } from "../../core/identification.ts";
import { maxHeaderBytes, parse as parseProxyHeader } from "../../wire/proxy-protocol/client.ts";
import type { Secret } from "../../wire/secret.ts";
import type { Arrival } from "../arrival.ts";
import { answerTo } from "./answer-to.ts";
import type { Deadlines, Timed } from "./deadlines.ts";
import { DialogueSession } from "./dialogue-session.ts";
import { FirstBytes } from "./first-bytes.ts";
import type { Greeting } from "./greeting.ts";
import type { CapturedBytes } from "./secret-masking.ts";

/** What a conversation needs of the capture stage. */
export interface ConversationHost {
  readonly maxBytes: number;
  readonly mode: "patient" | "classic";
  /** Sent to an SSH client that waits for our identification before it sends its algorithms. */
  readonly sshIdentification: Uint8Array;
  /** The banner for a client that waits. @param port the local port */
  greetingAt(port: number): Greeting | undefined;
  /** @param port the local port, which may imply the protocol */
  identify(bytes: Uint8Array, port: number): Identification;
  monotonic(): number;
  waitForAnswer(conversation: Conversation): void;
  /**
   * Extends the deadline for the next line of a dialogue, unless the dialogue lasts too long. @param since when it
   * began
   */
  waitForNextLine(conversation: Conversation, since: number): void;
  invalidProxyHeader(arrival: Arrival): void;
  /** Masks passwords, or lists them if the owner wants them. @param secrets the secrets, if already known */
  mask(captured: CapturedBytes, secrets?: readonly Secret[]): CapturedBytes;
  ended(conversation: Conversation, connection: Connection): void;
}

/** How often the bytes so far are inspected after any fragment. After that, only after growth by a quarter. */
const freeInspections = 8;
/** The same in a dialogue, where only the end of a line triggers an inspection; each one reads all bytes so far. */
const freeInspectionsInDialogue = 64;
const freeBytesInDialogue = 32_768;

/**
 * One connection from accept to its end. Its states:
 * - `header`: behind a trusted proxy, until its PROXY protocol header has been read.
 * - `client`: the client's own first bytes, until they are complete.
 * - `answer`: our banner was sent to a silent client, or an answer to one that waits for it; reads the reply. After
 *   some banners a short dialogue follows ({@link DialogueSession}).
 * - `over`: reported to the host, the socket closed.
 *
 * We close with FIN, so that the client can still read the banner, which a reset could discard. Each connection
 * leaves a TIME_WAIT entry in the kernel for a minute, at most `tcp_max_tw_buckets` of them; it occupies no local
 * port, and a reset costs one more system call. Connections over the limit are reset: they leave no entry, and there
 * is no banner to read.
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
  #inspections = 0;
  /** Bytes read by all inspections of a dialogue. */
  #dialogueBytes = 0;
  #answers = 0;
  #nextInspectionAt = 1;
  #seen: Identification | undefined;
  /** How many bytes `#seen` covers. */
  #seenBytes = 0;
  readonly #banner: Uint8Array | undefined;
  readonly #dialogue: DialogueSession | undefined;
  #dialogueSince = 0;

  constructor(host: ConversationHost, socket: Socket, arrival: Arrival) {
    this.#host = host;
    this.#socket = socket;
    this.arrival = arrival;
    // The header does not count against the limit of the client's bytes.
    this.#first = new FirstBytes(arrival.proxied ? maxHeaderBytes + host.maxBytes : host.maxBytes);
    this.#state = arrival.proxied ? "header" : "client";
    this.#peer = arrival.peer;
    const greeting = host.greetingAt(arrival.local.port);
    this.#banner = greeting?.banner;
    this.#dialogue = greeting?.dialogues === undefined ? undefined : new DialogueSession(greeting.dialogues);
    socket.on("data", (chunk: Uint8Array) => this.#onData(chunk));
    socket.on("end", () => this.#end("client-closed"));
    socket.on("error", () => this.#end("reset"));
  }

  onDue(): void {
    const { mode } = this.#host;
    const banner = this.#banner;
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
    if (this.#dialogue?.hasBegun === true && !this.#first.isFull && !chunk.some(mayEndLine)) return;
    this.#inspect();
  }

  /** @returns whether the client's own bytes can be inspected */
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
    // Without a source it is a health check of the proxy, which is then both `peer` and `via`.
    if (header.value.source === undefined) return true;
    this.#peer = header.value.source;
    if (this.arrival.admit(this.#peer)) return true;
    this.#end("over-limit");
    return false;
  }

  /**
   * The trusted proxy sent no header: its bytes are kept as the payload, and the proxy is the peer, without a `via`.
   */
  #giveUpHeader(): void {
    this.#state = "client";
    // A health check: it closes without sending anything.
    if (this.#bytes === 0) return;
    this.#first.drop(0, this.#host.maxBytes);
    this.#host.invalidProxyHeader(this.arrival);
    this.#phase = "client-first";
  }

  #inspect(): void {
    const length = this.#first.length;
    if (length < this.#nextInspectionAt) {
      if (this.#first.isFull) this.#end("byte-limit");
      return;
    }
    this.#inspections += 1;
    const isInDialogue = this.#dialogue?.hasBegun === true;
    if (isInDialogue) this.#dialogueBytes += length;
    const isFree =
      this.#inspections < (isInDialogue ? freeInspectionsInDialogue : freeInspections) &&
      this.#dialogueBytes < freeBytesInDialogue;
    this.#nextInspectionAt = isFree ? length + 1 : length + Math.ceil(length / 4);
    const seen = this.#identify();
    if (this.#continueDialogue(seen)) return;
    const answer = this.#answerTo(seen);
    if (answer !== undefined) this.#answer(answer);
    else if (seen.complete) this.#end("heard");
    else if (this.#first.isFull) this.#end("byte-limit");
  }

  #answerTo(seen: Identification): Uint8Array | undefined {
    // After a banner a client gets no answers except those of a dialogue.
    const mayAnswer = this.#state === "client" || this.#answers > 0;
    if (!mayAnswer || this.#host.mode !== "patient" || this.#first.isFull) return undefined;
    const { sshIdentification } = this.#host;
    return answerTo(seen, { bytes: this.#first.view(), sshIdentification, given: this.#answers });
  }

  #answer(answer: Uint8Array): void {
    this.#answers += 1;
    if (this.#answers === 1) {
      this.#greet(answer);
      return;
    }
    this.#socket.write(answer);
    this.#host.waitForNextLine(this, this.#host.monotonic());
  }

  /** @returns whether the client is in a dialogue, or may be about to begin one */
  #continueDialogue(seen: Identification): boolean {
    const talk = this.#dialogue;
    if (talk === undefined) return false;
    const bytes = this.#first.view();
    const hasHeardBanner = this.#state === "answer";
    const hadBegun = talk.hasBegun;
    const step = talk.hear(bytes, seen);
    if (step === undefined) {
      return seen.protocol === "unknown" && hasHeardBanner && !this.#first.isFull && talk.mayBegin(bytes);
    }
    if (!hadBegun) this.#dialogueSince = this.#host.monotonic();
    const banner = this.#banner;
    if (!hasHeardBanner && banner !== undefined) this.#greet(banner);
    if (step.answer !== undefined) {
      this.#socket.write(step.answer);
      this.#host.waitForNextLine(this, this.#dialogueSince);
    }
    if (step.isOver) this.#end("heard");
    else if (this.#first.isFull) this.#end("byte-limit");
    return true;
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
    const { mode } = this.#host;
    const banner = this.#banner;
    this.#state = "over";
    const isConnected = end !== "reset" && end !== "over-limit";
    // The banner is small and the send buffer empty: the kernel takes all of it before the socket is closed.
    if (mode === "classic" && banner !== undefined && isConnected) this.#socket.write(banner);
    this.#socket.destroy();
    this.#host.ended(this, this.#connection(end));
  }

  #captured(): CapturedBytes {
    const payload = this.#first.view();
    const seen = this.#identify();
    const talk = this.#dialogue;
    if (talk?.hasBegun !== true) {
      return this.#host.mask({ payload, identification: seen }, talk?.secretsWithoutDialogue(payload, seen));
    }
    // A line may have begun since the last inspection: part of a password must be masked too.
    talk.hear(payload, seen);
    return this.#host.mask({ payload, identification: talk.identification(seen) }, talk.secrets);
  }

  #connection(end: ConnectionEnd): Connection {
    const { id, listener, at, startedAt, local } = this.arrival;
    const { payload, identification } = this.#captured();
    const connection: Connection = {
      id,
      listener,
      at,
      peer: this.#peer,
      local,
      end,
      durationMs: Math.max(0, Math.round(this.#host.monotonic() - startedAt)),
      bytes: this.#bytes,
      payload,
      phase: this.#phase,
      identification,
    };
    return this.#via === undefined ? connection : { ...connection, via: this.#via };
  }
}

/** A line feed, a carriage return, the NUL behind one, or a command of Telnet. */
function mayEndLine(byte: number): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x00 || byte === 0xff;
}

import { setTimeout as sleep } from "node:timers/promises";
import { parse as parseGreeting } from "../../../wire/greeting/parse.ts";
import { answerWaitMs, type Conversation, converse } from "../../probe/conversation.ts";
import type { Deadline } from "../../probe/deadline.ts";
import type { DialFailure, DialTarget } from "../../probe/dial.ts";
import type { TlsSession } from "../../probe/tls/handshake.ts";
import { type FoundService, foundService } from "./found-service.ts";
import type { ProtocolModule, Recognised } from "./protocol-module.ts";
import { protocolModules } from "./protocols.ts";

/** A server that greets does so within this time. */
export const greetingWaitMs = 1500;
/** A server that closes the connection sooner than this, without a byte, closes it whatever is asked. */
const atOnceMs = 500;
/** Connections that are closed at once until that is believed: a server may have room for one client, which was just here. */
const maxClosed = 3;
/** A busy server that is known to speak TLS needs longer for the handshake. */
const busyHandshakeMs = 10_000;

const nothing = new Uint8Array(0);

/** Tries single protocols on one port, each on a new connection, and collects what the server showed. */
export class ProtocolAttempts {
  readonly #target: DialTarget;
  readonly #deadline: Deadline;
  readonly #conversations = new Set<Conversation>();
  #opening: Uint8Array = nothing;
  #tls: TlsSession | undefined;
  #demandsCertificate = false;
  #failure: DialFailure | undefined;
  #handshakeWaitMs = answerWaitMs;
  #connected = false;
  #closesAtOnce = false;

  constructor(target: DialTarget, deadline: Deadline) {
    this.#target = target;
    this.#deadline = deadline;
  }

  /** The first bytes that no module recognised: the evidence of an unknown service. */
  get opening(): Uint8Array {
    return this.#opening;
  }

  /** The server speaks TLS: see {@link speaksTls}. */
  get tls(): TlsSession | undefined {
    return this.#tls;
  }

  /** The server requires a client certificate. */
  get demandsCertificate(): boolean {
    return this.#demandsCertificate;
  }

  /** Why no connection was ever made. */
  get failure(): DialFailure | undefined {
    return this.#connected ? undefined : this.#failure;
  }

  /** The server closes each connection at once, without a byte and before any question. */
  get closesAtOnce(): boolean {
    return this.#closesAtOnce;
  }

  /** No further attempt can succeed. */
  get areHopeless(): boolean {
    return this.#deadline.isOver || this.#demandsCertificate || this.#closesAtOnce || this.failure !== undefined;
  }

  /** The server sent something that looks like a greeting, although no module recognised it. */
  get sawGreeting(): boolean {
    return this.#opening.length > 0 && parseGreeting(this.#opening).kind === "match";
  }

  async speaksTls(): Promise<boolean> {
    const conversation = await this.#open(true);
    if (conversation === undefined) return false;
    this.#tls = conversation.tls;
    conversation[Symbol.dispose]();
    return true;
  }

  /** Waits for a greeting, and continues with its protocol. */
  async listen(tls: boolean): Promise<FoundService | undefined> {
    for (let closed = 0; closed < maxClosed; closed++) {
      if (closed > 0) await sleep(atOnceMs, undefined, { ref: false });
      const conversation = await this.#open(tls);
      if (conversation === undefined) return undefined;
      const connectedAt = performance.now();
      const bytes = await conversation.listen(greetingWaitMs);
      this.#demandsCertificate ||= conversation.demandsCertificate;
      const isAtOnce = conversation.hasEnded && performance.now() - connectedAt < atOnceMs;
      // What answered an earlier question may answer another one.
      const mayAnswer = bytes.length > 0 || this.#opening.length > 0 || this.#tls !== undefined;
      if (mayAnswer || tls || !isAtOnce || this.areHopeless) return await this.#followGreeting(conversation, bytes);
      conversation[Symbol.dispose]();
    }
    this.#closesAtOnce = true;
    return undefined;
  }

  /** Tries one protocol. Instead of its answer, the server may send the greeting or an error message of another protocol. */
  async attempt(module: ProtocolModule, tls: boolean): Promise<FoundService | undefined> {
    const { found, opening } = await this.#recognise(module, tls);
    for (const other of opening.length === 0 ? [] : protocolModules) {
      if (other === module || other.complains?.(opening) !== true) continue;
      const answer = await this.#recognise(other, tls);
      if (answer.found === undefined) continue;
      // The error message of Tor is in HTTP.
      found?.[Symbol.dispose]();
      return answer.found;
    }
    return found;
  }

  /** Tries one protocol inside TLS on a server that is known to speak TLS, although it may not have answered a handshake in time. */
  async attemptInBusyTls(module: ProtocolModule): Promise<FoundService | undefined> {
    this.#handshakeWaitMs = busyHandshakeMs;
    return await this.attempt(module, true);
  }

  /** Closes all conversations except those of found services, which ends their waits. */
  closeAll(): void {
    for (const conversation of this.#conversations) conversation[Symbol.dispose]();
  }

  async #recognise(
    module: ProtocolModule,
    tls: boolean,
  ): Promise<{ readonly found?: FoundService | undefined; readonly opening: Uint8Array }> {
    const conversation = await this.#open(tls);
    if (conversation === undefined) return { opening: nothing };
    const recognised = await module.recognise(conversation);
    const { opening } = conversation;
    if (recognised !== undefined) return { found: this.#keep(module, recognised, conversation), opening };
    this.#demandsCertificate ||= conversation.demandsCertificate;
    conversation[Symbol.dispose]();
    if (module.speaksFirst !== true && parseGreeting(opening).kind === "match") {
      const fresh = await this.#open(tls);
      const found = fresh === undefined ? undefined : await this.#followGreeting(fresh, opening);
      if (found !== undefined) return { found, opening };
    }
    this.#remember(opening);
    return { opening };
  }

  async #followGreeting(conversation: Conversation, bytes: Uint8Array): Promise<FoundService | undefined> {
    if (bytes.length > 0) {
      // A greeting may arrive in pieces.
      const received = await conversation.receive(parseGreeting, answerWaitMs, () => 0);
      const found =
        received.kind === "received" ? await this.#continueAs(received.value.protocol, conversation) : undefined;
      if (found !== undefined) return found;
      this.#remember(bytes);
    }
    conversation[Symbol.dispose]();
    return undefined;
  }

  /** Continues with the protocols of this greeting, the usual one of the port first. */
  async #continueAs(greeting: string, conversation: Conversation): Promise<FoundService | undefined> {
    const { port } = this.#target;
    const modules = protocolModules
      .filter((module) => module.speaksFirst === true && greetsAs(module, greeting))
      .sort((left, right) => Number(right.ports.includes(port)) - Number(left.ports.includes(port)));
    let next: Conversation | undefined = conversation;
    for (const module of modules) {
      next ??= await this.#open(conversation.tls !== undefined);
      if (next === undefined) return undefined;
      const recognised = await module.recognise(next);
      if (recognised !== undefined) return this.#keep(module, recognised, next);
      next[Symbol.dispose]();
      next = undefined;
    }
    return undefined;
  }

  async #open(tls: boolean): Promise<Conversation | undefined> {
    if (this.#deadline.isOver) return undefined;
    const opened = await converse(this.#target, this.#deadline, { tls, handshakeWaitMs: this.#handshakeWaitMs });
    if (opened.kind === "unconnected") this.#failure ??= opened.failure;
    else this.#connected = true;
    if (opened.kind === "no-tls") this.#demandsCertificate ||= opened.failure.demandsCertificate;
    if (opened.kind !== "open") return undefined;
    this.#conversations.add(opened.conversation);
    return opened.conversation;
  }

  /** The conversation of a found service stays open when the search ends. */
  #keep(module: ProtocolModule, recognised: Recognised, conversation: Conversation): FoundService {
    this.#conversations.delete(conversation);
    return foundService(module, recognised, conversation);
  }

  #remember(bytes: Uint8Array): void {
    if (this.#opening.length === 0) this.#opening = Uint8Array.from(bytes.subarray(0, 256));
  }
}

/** Whether servers of `module` send greetings of this protocol; `reply` is the greeting of SMTP, LMTP or FTP. */
function greetsAs(module: ProtocolModule, protocol: string): boolean {
  if (protocol === "reply") return ["smtp", "ftp", "lmtp"].includes(module.name);
  if (protocol === "mariadb") return module.name === "mysql";
  return module.name === protocol || (module.name === "karaf" && protocol === "ssh");
}

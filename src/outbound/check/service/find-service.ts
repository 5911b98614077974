import { setTimeout as sleep } from "node:timers/promises";
import { parse as parseGreeting } from "../../../wire/greeting/parse.ts";
import { latin1 } from "../../../wire/reader.ts";
import { answerWaitMs, type Conversation, converse } from "../../probe/conversation.ts";
import type { Deadline } from "../../probe/deadline.ts";
import type { DialFailure, DialTarget } from "../../probe/dial.ts";
import type { TlsSession } from "../../probe/tls/handshake.ts";
import type { ProtocolModule, Recognised } from "./protocol-module.ts";
import { http } from "./protocols/http.ts";
import { lpd } from "./protocols/lpd.ts";
import { protocolModules } from "./protocols.ts";

/**
 * Identifies the service on a port: takes a target, returns the protocol with its open conversation. It tries in this order: the
 * usual protocol of the port where the client speaks first; waiting for a greeting; TLS; HTTP; all other protocols.
 */
interface FoundService extends Disposable {
  readonly kind: "service";
  readonly module: ProtocolModule;
  readonly recognised: Recognised;
  readonly tls: TlsSession | undefined;
}

export type Finding =
  | FoundService
  /** The port is open, but no module recognises what it sends, or it sends nothing. */
  | {
      readonly kind: "unknown";
      readonly opening: Uint8Array;
      readonly tls?: TlsSession | undefined;
      /** TLS that requires a client certificate. */
      readonly demandsCertificate: boolean;
      /** Why not all protocols were tried; silence then means nothing. */
      readonly notAsked?: string | undefined;
    }
  | { readonly kind: "unconnected"; readonly failure: DialFailure };

/** A server that greets does so within this time. */
const greetingWaitMs = 1500;
/** Most servers refuse TLS at once. */
const silentAboutTlsMs = 500;
/** Protocols tried at the same time on an unknown port. Each waits for its answer as long as on its own port. */
const attemptsAtOnce = 12;
/** JetDirect printers print what they receive, so nothing is sent to them. */
const isPrinter = (port: number) => port >= 9100 && port <= 9107;
/** Line printer daemons get requests of their own protocol only. */
const isPrinterDaemon = (port: number) => port === lpd.ports[0];
/** TLS comes first on these, whatever is inside. */
const otherTlsPorts = new Set([4443, 6443, 9443, 10250]);

const nothing = new Uint8Array(0);
const clientSpeaks = (module: ProtocolModule) => module.speaksFirst !== true;

export async function findService(target: DialTarget, deadline: Deadline): Promise<Finding> {
  return await new Search(target, deadline).run();
}

class Search {
  readonly #target: DialTarget;
  readonly #deadline: Deadline;
  /** The first bytes that no module recognised: the evidence of an unknown service. */
  #opening: Uint8Array = nothing;
  #tls: TlsSession | undefined;
  #demandsCertificate = false;
  #failure: DialFailure | undefined;
  #connected = false;
  readonly #conversations = new Set<Conversation>();

  constructor(target: DialTarget, deadline: Deadline) {
    this.#target = target;
    this.#deadline = deadline;
  }

  async run(): Promise<Finding> {
    const { port } = this.#target;
    const usual = protocolModules.filter((module) => module.ports.includes(port));
    const found = await (isPrinterDaemon(port)
      ? this.#askPrinterDaemon()
      : isPrinter(port)
        ? this.#listen(false)
        : this.#search(usual));
    for (const conversation of this.#conversations) conversation[Symbol.dispose]();
    if (found !== undefined) return found;
    if (!this.#connected && this.#failure !== undefined) return { kind: "unconnected", failure: this.#failure };
    return {
      kind: "unknown",
      opening: this.#opening,
      demandsCertificate: this.#demandsCertificate,
      tls: this.#tls,
      ...(this.#unasked() ?? {}),
    };
  }

  /** A service counts as silent only where all protocols were tried. */
  #unasked(): { readonly notAsked: string } | undefined {
    if (isPrinter(this.#target.port)) return { notAsked: "not tested (printers print what they receive)" };
    if (!this.#deadline.isOver || this.#demandsCertificate) return undefined;
    return { notAsked: "not fully tested (time ran out), and silent so far" };
  }

  async #search(usual: readonly ProtocolModule[]): Promise<FoundService | undefined> {
    const { port } = this.#target;
    const tlsFirst = otherTlsPorts.has(port) || usual.some((module) => module.tlsPorts?.includes(port));
    if (tlsFirst) {
      const found = await this.#inside(usual);
      if (found !== undefined || this.#isHopeless()) return found;
    }
    for (const module of usual.filter(clientSpeaks)) {
      const found = await this.#attempt(module, false);
      if (found !== undefined || this.#isHopeless()) return found;
    }
    const greeted = await this.#listen(false);
    // A server that greeted has only this protocol.
    if (greeted !== undefined || this.#isHopeless() || this.#hasGreeted()) return greeted;
    // Inside TLS, everything was tried already.
    if (tlsFirst && this.#tls !== undefined) return undefined;
    return await this.#httpAndOthers(usual, tlsFirst ? Promise.resolve(false) : this.#speaksTls());
  }

  /** A web server is not a printer daemon, so it gets further requests. */
  async #askPrinterDaemon(): Promise<FoundService | undefined> {
    const found = await this.#attempt(lpd, false);
    if (found !== undefined || latin1(this.#opening, 0, Math.min(this.#opening.length, 5)) !== "HTTP/") return found;
    return await this.#attempt(http, false);
  }

  async #speaksTls(): Promise<boolean> {
    const opened = await this.#open(true);
    if (opened === undefined) return false;
    this.#tls = opened.tls;
    opened[Symbol.dispose]();
    return true;
  }

  /** Searches inside TLS, where the server speaks it. */
  async #inside(usual: readonly ProtocolModule[]): Promise<FoundService | undefined> {
    return (await this.#speaksTls()) ? await this.#searchInside(usual) : undefined;
  }

  async #searchInside(usual: readonly ProtocolModule[]): Promise<FoundService | undefined> {
    for (const module of usual.filter(clientSpeaks)) {
      const found = await this.#attempt(module, true);
      if (found !== undefined || this.#isHopeless()) return found;
    }
    if (usual.some((module) => !clientSpeaks(module))) {
      const greeted = await this.#listen(true);
      if (greeted !== undefined || this.#isHopeless() || this.#hasGreeted()) return greeted;
    }
    // A server that greets answers any request with its greeting, so HTTP need not wait for one.
    return await this.#httpAndOthers(usual);
  }

  /** Waits for a greeting, and continues with its protocol. */
  async #listen(tls: boolean): Promise<FoundService | undefined> {
    const conversation = await this.#open(tls);
    if (conversation === undefined) return undefined;
    const bytes = await conversation.listen(greetingWaitMs);
    this.#demandsCertificate ||= conversation.demandsCertificate;
    return await this.#greeted(conversation, bytes);
  }

  async #greeted(conversation: Conversation, bytes: Uint8Array): Promise<FoundService | undefined> {
    if (bytes.length > 0) {
      // A greeting may arrive in pieces.
      const heard = await conversation.hear(parseGreeting, answerWaitMs, () => 0);
      const found = heard.kind === "heard" ? await this.#continueAs(heard.value.protocol, conversation) : undefined;
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
      .filter((module) => module.speaksFirst === true && greets(module, greeting))
      .sort((left, right) => Number(right.ports.includes(port)) - Number(left.ports.includes(port)));
    let next: Conversation | undefined = conversation;
    for (const module of modules) {
      next ??= await this.#open(conversation.tls !== undefined);
      if (next === undefined) return undefined;
      const recognised = await module.recognise(next);
      if (recognised !== undefined) return this.#found(module, recognised, next);
      next[Symbol.dispose]();
      next = undefined;
    }
    return undefined;
  }

  /** Tries one protocol. Instead of its answer, the server may send the greeting or an error message of another protocol. */
  async #attempt(module: ProtocolModule, tls: boolean): Promise<FoundService | undefined> {
    const { found, opening } = await this.#askAs(module, tls);
    for (const other of opening.length === 0 ? [] : protocolModules) {
      if (other === module || other.complains?.(opening) !== true) continue;
      const answer = await this.#askAs(other, tls);
      if (answer.found === undefined) continue;
      // The error message of Tor is in HTTP.
      found?.[Symbol.dispose]();
      return answer.found;
    }
    return found;
  }

  async #askAs(
    module: ProtocolModule,
    tls: boolean,
  ): Promise<{ readonly found?: FoundService | undefined; readonly opening: Uint8Array }> {
    const conversation = await this.#open(tls);
    if (conversation === undefined) return { opening: nothing };
    const recognised = await module.recognise(conversation);
    const { opening } = conversation;
    if (recognised !== undefined) return { found: this.#found(module, recognised, conversation), opening };
    this.#demandsCertificate ||= conversation.demandsCertificate;
    conversation[Symbol.dispose]();
    const greeting = parseGreeting(opening);
    if (greeting.kind === "match" && module.speaksFirst !== true) {
      const fresh = await this.#open(tls);
      const found = fresh === undefined ? undefined : await this.#greeted(fresh, opening);
      if (found !== undefined) return { found, opening };
    }
    this.#remember(opening);
    return { opening };
  }

  /**
   * HTTP, which is most likely, and where it does not answer soon all other protocols in which the client speaks first, a
   * few at a time.
   * @param speaksTls whether TLS is spoken here, which is found out meanwhile; without it this is the inside of TLS
   */
  async #httpAndOthers(
    usual: readonly ProtocolModule[],
    speaksTls?: Promise<boolean>,
  ): Promise<FoundService | undefined> {
    const tls = speaksTls === undefined;
    const secure = speaksTls?.then(async (does) => (does ? await this.#searchInside(usual) : undefined));
    const web = usual.includes(http) ? Promise.resolve(undefined) : this.#askForWeb(tls, speaksTls);
    const likely = secure === undefined ? [web] : [web, secure];
    const early = await Promise.race([firstFound(likely), sleep(greetingWaitMs, undefined, { ref: false })]);
    if (early !== undefined || this.#isHopeless()) return early;
    const queue = protocolModules.filter(
      (module) =>
        clientSpeaks(module) && module !== http && !usual.includes(module) && module.onUsualPortsOnly !== true,
    );
    const state: { isFound: boolean } = { isFound: false };
    // Inside TLS, everything was tried already.
    const isOver = () => state.isFound || this.#isHopeless() || (!tls && this.#tls !== undefined);
    const worker = async (): Promise<FoundService | undefined> => {
      for (let module = queue.shift(); module !== undefined && !isOver(); module = queue.shift()) {
        const found = await this.#attemptUnless(module, tls, speaksTls);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    const attempts = [...likely, ...Array.from({ length: attemptsAtOnce }, worker)];
    const first = await firstFound(attempts);
    state.isFound = true;
    if (first === undefined) return undefined;
    // Closes the other conversations, which ends their waits.
    for (const conversation of this.#conversations) conversation[Symbol.dispose]();
    for (const found of await Promise.all(attempts)) if (found !== first) found?.[Symbol.dispose]();
    return first;
  }

  /** A server that has room for one client refuses TLS first; only one that is silent about it is asked meanwhile. */
  async #askForWeb(tls: boolean, speaksTls: Promise<boolean> | undefined): Promise<FoundService | undefined> {
    await Promise.race([speaksTls, sleep(silentAboutTlsMs, undefined, { ref: false })]);
    return await this.#attemptUnless(http, tls, speaksTls);
  }

  /** A server of TLS answers others, too, by complaints. */
  async #attemptUnless(
    module: ProtocolModule,
    tls: boolean,
    speaksTls: Promise<boolean> | undefined,
  ): Promise<FoundService | undefined> {
    const found = await this.#attempt(module, tls);
    if (found === undefined || (await speaksTls) !== true) return found;
    found[Symbol.dispose]();
    return undefined;
  }

  async #open(tls: boolean): Promise<Conversation | undefined> {
    if (this.#deadline.isOver) return undefined;
    const opened = await converse(this.#target, this.#deadline, { tls });
    if (opened.kind === "unconnected") this.#failure ??= opened.failure;
    else this.#connected = true;
    if (opened.kind === "no-tls") this.#demandsCertificate ||= opened.failure.demandsCertificate;
    if (opened.kind !== "open") return undefined;
    this.#conversations.add(opened.conversation);
    return opened.conversation;
  }

  /** Keeps the conversation open when the search ends. */
  #found(module: ProtocolModule, recognised: Recognised, conversation: Conversation): FoundService {
    this.#conversations.delete(conversation);
    return serviceOf(module, recognised, conversation);
  }

  #remember(bytes: Uint8Array): void {
    if (this.#opening.length === 0) this.#opening = Uint8Array.from(bytes.subarray(0, 256));
  }

  /** What came looks like a greeting, though no protocol went on with it. */
  #hasGreeted(): boolean {
    const outcome = parseGreeting(this.#opening);
    return this.#opening.length > 0 && outcome.kind === "match";
  }

  #isHopeless(): boolean {
    return this.#deadline.isOver || this.#demandsCertificate || (!this.#connected && this.#failure !== undefined);
  }
}

/** The first of these that is found, or `undefined` when none is. */
function firstFound(attempts: readonly Promise<FoundService | undefined>[]): Promise<FoundService | undefined> {
  return new Promise((resolve, reject) => {
    for (const attempt of attempts) {
      attempt.then((found) => {
        if (found !== undefined) resolve(found);
      }, reject);
    }
    void Promise.all(attempts).then(() => resolve(undefined), reject);
  });
}

/** Modules that take a greeting by its protocol's name. `reply` is SMTP's, LMTP's or FTP's. */
function greets(module: ProtocolModule, protocol: string): boolean {
  if (protocol === "reply") return ["smtp", "ftp", "lmtp"].includes(module.name);
  if (protocol === "mariadb") return module.name === "mysql";
  return module.name === protocol || (module.name === "karaf" && protocol === "ssh");
}

function serviceOf(module: ProtocolModule, recognised: Recognised, conversation: Conversation): FoundService {
  return {
    kind: "service",
    module,
    recognised,
    get tls() {
      return conversation.tls;
    },
    [Symbol.dispose]: () => conversation[Symbol.dispose](),
  };
}

import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { latin1 } from "../../../wire/reader.ts";
import type { Deadline } from "../../probe/deadline.ts";
import type { DialFailure, DialTarget } from "../../probe/dial.ts";
import type { TlsSession } from "../../probe/tls/handshake.ts";
import type { FoundService } from "./found-service.ts";
import { greetingWaitMs, ProtocolAttempts } from "./protocol-attempts.ts";
import type { ProtocolModule } from "./protocol-module.ts";
import { http } from "./protocols/http.ts";
import { lpd } from "./protocols/lpd.ts";
import { protocolModules } from "./protocols.ts";

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

/** Most servers refuse TLS at once. */
const silentAboutTlsMs = 500;
/** Protocols tried at the same time on an unknown port. Each waits for its answer as long as on its usual port. */
const maxAttempts = 12;
/**
 * The same on the usual port of a server that greets: it is most likely one that is slow to greet, and an sshd with ten such clients turns
 * others away (`MaxStartups`). TLS and HTTP are tried besides.
 */
const maxAttemptsOnGreeter = 2;
/** JetDirect printers print what they receive, so nothing is sent to them. */
const isPrinter = (port: number) => port >= 9100 && port <= 9107;
/** Line printer daemons get requests of their own protocol only. */
const isPrinterDaemon = (port: number) => port === lpd.ports[0];
/** Further ports on which TLS comes first, with any protocol inside. */
const otherTlsPorts = new Set([4443, 6443, 9443, 10250]);

const clientSpeaks = (module: ProtocolModule) => module.speaksFirst !== true;

/**
 * Identifies the service on a port: takes a target, returns the protocol with its open conversation. It tries in this order: the
 * usual protocol of the port where the client speaks first; waiting for a greeting; TLS; HTTP; all other protocols.
 */
export async function findService(target: DialTarget, deadline: Deadline): Promise<Finding> {
  return await new Search(target, deadline).run();
}

class Search {
  readonly #port: number;
  readonly #deadline: Deadline;
  readonly #attempts: ProtocolAttempts;

  constructor(target: DialTarget, deadline: Deadline) {
    this.#port = target.port;
    this.#deadline = deadline;
    this.#attempts = new ProtocolAttempts(target, deadline);
  }

  async run(): Promise<Finding> {
    const found = await this.#byPort();
    this.#attempts.closeAll();
    if (found !== undefined) return found;
    const { failure, opening, demandsCertificate, tls } = this.#attempts;
    if (failure !== undefined) return { kind: "unconnected", failure };
    return { kind: "unknown", opening, demandsCertificate, tls, notAsked: this.#whyNotAllAsked() };
  }

  #byPort(): Promise<FoundService | undefined> {
    if (isPrinterDaemon(this.#port)) return this.#askPrinterDaemon();
    if (isPrinter(this.#port)) return this.#attempts.listen(false);
    return this.#search(protocolModules.filter((module) => module.ports.includes(this.#port)));
  }

  /** A service counts as silent only where all protocols were tried. */
  #whyNotAllAsked(): string | undefined {
    if (isPrinter(this.#port)) return "not tested (printers print what they receive)";
    if (this.#attempts.closesAtOnce) return "not asked (it closes each connection at once), and silent";
    if (!this.#deadline.isOver || this.#attempts.demandsCertificate) return undefined;
    return "not fully tested (time ran out), and silent so far";
  }

  async #search(usual: readonly ProtocolModule[]): Promise<FoundService | undefined> {
    const attempts = this.#attempts;
    const tlsFirst = otherTlsPorts.has(this.#port) || usual.some((module) => module.tlsPorts?.includes(this.#port));
    if (tlsFirst) {
      const found = (await attempts.speaksTls()) ? await this.#searchInside(usual) : undefined;
      if (found !== undefined || attempts.areHopeless) return found;
    }
    for (const module of usual.filter(clientSpeaks)) {
      const found = await this.#insideRequiredTls(await attempts.attempt(module, false));
      if (found !== undefined || attempts.areHopeless) return found;
    }
    const greeted = await attempts.listen(false);
    // A server that greeted has only this protocol.
    if (greeted !== undefined || attempts.areHopeless || attempts.sawGreeting) return greeted;
    // Inside TLS, everything was tried already.
    if (tlsFirst && attempts.tls !== undefined) return undefined;
    return await this.#httpAndOthers(usual, tlsFirst ? Promise.resolve(false) : attempts.speaksTls());
  }

  /** A web server is not a printer daemon, so it gets further requests. */
  async #askPrinterDaemon(): Promise<FoundService | undefined> {
    const found = await this.#attempts.attempt(lpd, false);
    const { opening } = this.#attempts;
    if (found !== undefined || latin1(opening, 0, Math.min(opening.length, 5)) !== "HTTP/") return found;
    return await this.#insideRequiredTls(await this.#attempts.attempt(http, false));
  }

  async #searchInside(usual: readonly ProtocolModule[]): Promise<FoundService | undefined> {
    const attempts = this.#attempts;
    for (const module of usual.filter(clientSpeaks)) {
      const found = await attempts.attempt(module, true);
      if (found !== undefined || attempts.areHopeless) return found;
    }
    if (!usual.every(clientSpeaks)) {
      const greeted = await attempts.listen(true);
      if (greeted !== undefined || attempts.areHopeless || attempts.sawGreeting) return greeted;
    }
    // A server that greets answers any request with its greeting, so HTTP need not wait for one.
    return await this.#httpAndOthers(usual);
  }

  /**
   * Tries HTTP, which is most likely, and if it does not answer soon all other protocols in which the client speaks first, a
   * few at a time.
   * @param speaksTls whether the server speaks TLS, which is tested meanwhile; `undefined` inside TLS
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
    if (early !== undefined || this.#attempts.areHopeless) return early;
    const others = protocolModules.filter(
      (module) =>
        clientSpeaks(module) && module !== http && !usual.includes(module) && module.onUsualPortsOnly !== true,
    );
    let isFound = false;
    // Inside TLS, everything was tried already.
    const isOver = () => isFound || this.#attempts.areHopeless || (!tls && this.#attempts.tls !== undefined);
    const limit = pLimit(usual.every(clientSpeaks) ? maxAttempts : maxAttemptsOnGreeter);
    const attempts = [
      ...likely,
      ...others.map((module) =>
        limit(async () => (isOver() ? undefined : await this.#attemptUnlessTls(module, tls, speaksTls))),
      ),
    ];
    const first = await firstFound(attempts);
    isFound = true;
    if (first === undefined) return undefined;
    this.#attempts.closeAll();
    for (const found of await Promise.all(attempts)) if (found !== first) found?.[Symbol.dispose]();
    return first;
  }

  /** A server with room for one client refuses TLS first; HTTP is tried meanwhile only where the server does not answer TLS. */
  async #askForWeb(tls: boolean, speaksTls: Promise<boolean> | undefined): Promise<FoundService | undefined> {
    await Promise.race([speaksTls, sleep(silentAboutTlsMs, undefined, { ref: false })]);
    return await this.#attemptUnlessTls(http, tls, speaksTls);
  }

  /** A TLS server answers other protocols too, with error messages. */
  async #attemptUnlessTls(
    module: ProtocolModule,
    tls: boolean,
    speaksTls: Promise<boolean> | undefined,
  ): Promise<FoundService | undefined> {
    const found = await this.#attempts.attempt(module, tls);
    if (found === undefined || (await speaksTls) !== true) return await this.#insideRequiredTls(found);
    found[Symbol.dispose]();
    return undefined;
  }

  /** A server that requires TLS may have been too busy to answer an earlier handshake. It stays a web server where TLS fails again. */
  async #insideRequiredTls(found: FoundService | undefined): Promise<FoundService | undefined> {
    if (found?.recognised.requiresTls !== true) return found;
    const inside = await this.#attempts.attemptInBusyTls(http);
    if (inside === undefined && !this.#attempts.demandsCertificate) return found;
    found[Symbol.dispose]();
    return inside;
  }
}

/** The first service that is found, or `undefined` where none is. */
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

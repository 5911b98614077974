import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";
import { freePort } from "./free-port.ts";

/**
 * A real mail server on loopback that keeps what it accepts, and that can be set to fail at each step of a session. It
 * can be stopped and started again on the same port.
 */
export interface MailServerOptions {
  /** `starttls` is offered and AUTH only after it; `implicit` is TLS from the first byte. Default: no TLS at all. */
  readonly tls?: "starttls" | "implicit";
  readonly certificate?: TestCertificate;
  /** Clients must log in with these. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Clients must log in with an access token (XOAUTH2). */
  readonly tokenLogin?: { readonly user: string; readonly accepts: (token: string | undefined) => boolean };
  /** The offered login mechanisms. */
  readonly authMethods?: readonly string[];
  /** Announces this size limit (RFC 1870), in bytes. */
  readonly sizeLimit?: number;
  /** Commands sent without waiting for the replies (RFC 2920); default true, as most servers do. */
  readonly pipelining?: boolean;
  readonly port?: number;
}

export type TestCertificate = "localhost" | "other-name" | "expired";

/** Where a fault occurs: at the greeting, or instead of the reply to a command; `content` is after the final dot. */
export type FaultStage = "greeting" | "login" | "sender" | "recipient" | "content";

export type Fault = {
  readonly stage: FaultStage;
  /** At the stage `recipient`: affects only this one. */
  readonly recipient?: string;
} & (
  | { readonly kind: "reply"; readonly code: number; readonly text: string }
  /** Silence until the client gives up. */
  | { readonly kind: "hang" }
  /** The connection is reset. */
  | { readonly kind: "drop" }
);

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly mail: ParsedMail;
  readonly raw: string;
  /** False if the content arrived completely but the client got no reply. */
  readonly acknowledged: boolean;
  readonly secure: boolean;
  readonly user: string | undefined;
}

export class MailServer implements AsyncDisposable {
  readonly #options: MailServerOptions;
  readonly #received: ReceivedMail[] = [];
  readonly #waiting = new Set<() => void>();
  #server: SMTPServer | undefined;
  #port: number;
  #sessions = 0;
  #hanging = 0;
  /** Affects every session until it is removed. */
  fault: Fault | undefined;

  constructor(options: MailServerOptions = {}) {
    this.#options = options;
    this.#port = options.port ?? 0;
  }

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    // While it is stopped, no other server and no client may get its port.
    const server = new MailServer({ ...options, port: options.port ?? (await freePort()) });
    await server.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** Every mail with complete content, in order. */
  get received(): readonly ReceivedMail[] {
    return this.#received;
  }

  /** Mails whose acceptance the client got as a reply. */
  get accepted(): readonly ReceivedMail[] {
    return this.#received.filter((mail) => mail.acknowledged);
  }

  /** How many clients have connected so far. */
  get sessions(): number {
    return this.#sessions;
  }

  async start(): Promise<void> {
    const server = new SMTPServer(this.#serverOptions());
    server.on("error", () => {});
    server.listen(this.#port, "127.0.0.1");
    await once(server.server, "listening");
    const address = server.server.address();
    if (address === null || typeof address === "string") throw new Error("not listening on a port");
    this.#port = (address satisfies AddressInfo).port;
    this.#server = server;
  }

  /** Ends every session at once; the port is kept for a later start. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of server.connections) connection._socket.destroy();
    await closed;
  }

  /** Resolves as soon as `condition` is true; it is checked after every event here. */
  async until(condition: (server: MailServer) => boolean): Promise<void> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Resolves once `count` sessions wait at the fault. */
  hanging(count = 1): Promise<void> {
    return this.until(() => this.#hanging >= count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #serverOptions(): SMTPServerOptions {
    const { tls, login, tokenLogin, sizeLimit, certificate = "localhost" } = this.#options;
    const authMethods = this.#options.authMethods ?? (tokenLogin === undefined ? undefined : ["PLAIN", "XOAUTH2"]);
    const isLoginWanted = login !== undefined || tokenLogin !== undefined;
    return {
      banner: "test only",
      secure: tls === "implicit",
      disableReverseLookup: true,
      disabledCommands: [...(tls === "starttls" ? [] : ["STARTTLS"]), ...(isLoginWanted ? [] : ["AUTH"])],
      authOptional: !isLoginWanted,
      hidePIPELINING: this.#options.pipelining === false,
      closeTimeout: 1000,
      ...(authMethods === undefined ? {} : { authMethods: [...authMethods] }),
      ...(sizeLimit === undefined ? {} : { size: sizeLimit, rejectOversized: true }),
      ...(tls === undefined ? {} : { key: certificateFile("test-only-key"), cert: certificateFile(certificate) }),
      onConnect: (session, callback) => {
        this.#sessions += 1;
        this.#changed();
        this.#strike("greeting", session, callback);
      },
      onAuth: (auth, session, callback) => {
        const fault = this.fault;
        if (fault?.stage === "login") {
          // Some servers repeat what they received: {password} is replaced by the password.
          const secret = auth.password ?? auth.accessToken ?? "";
          const spoken =
            fault.kind === "reply" ? { ...fault, text: fault.text.replaceAll("{password}", secret) } : fault;
          this.#strike("login", session, callback, spoken);
        } else if (auth.method === "XOAUTH2") {
          const isAccepted = auth.username === tokenLogin?.user && tokenLogin?.accepts(auth.accessToken);
          // Without a user it is refused as by Google: a challenge with the reason, then the refusal.
          callback(
            null,
            isAccepted ? { user: auth.username } : { data: { status: "400", schemes: "Bearer", scope: "mail.send" } },
          );
        } else if (auth.username === login?.user && auth.password === login?.password) {
          callback(null, { user: auth.username });
        } else {
          callback(replyError(535, "5.7.8 authentication credentials invalid"));
        }
      },
      onMailFrom: (_address, session, callback) => this.#strike("sender", session, callback),
      onRcptTo: ({ address }, session, callback) => {
        const { fault } = this;
        if (fault?.recipient !== undefined && fault.recipient !== address) callback();
        else this.#strike("recipient", session, callback);
      },
      onData: (stream, session, callback) => {
        this.#takeContent(stream, session, callback).catch((error: unknown) =>
          callback(error instanceof Error ? error : new Error(String(error))),
        );
      },
    };
  }

  async #takeContent(
    stream: Readable,
    session: SMTPServerSession,
    callback: (error?: Error | null) => void,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
    const raw = Buffer.concat(chunks);
    const { mailFrom, rcptTo } = session.envelope;
    this.#received.push({
      from: mailFrom === false ? "" : mailFrom.address,
      to: rcptTo.map((recipient) => recipient.address),
      mail: await simpleParser(raw),
      raw: raw.toString("latin1"),
      acknowledged: this.fault?.stage !== "content",
      secure: session.secure,
      user: typeof session.user === "string" ? session.user : undefined,
    });
    this.#strike("content", session, callback);
    this.#changed();
  }

  #strike(
    stage: FaultStage,
    session: SMTPServerSession,
    pass: (error?: Error | null) => void,
    fault: Fault | undefined = this.fault,
  ): void {
    if (fault?.stage !== stage) {
      pass();
    } else if (fault.kind === "reply") {
      pass(replyError(fault.code, fault.text));
    } else if (fault.kind === "drop") {
      for (const connection of this.#server?.connections ?? []) {
        if (connection.session.id === session.id) connection._socket.destroy();
      }
    } else {
      this.#hanging += 1;
      this.#changed();
    }
  }

  #changed(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** The path of a certificate for tests; see the folder's README. */
export function certificatePath(name: TestCertificate): URL {
  return new URL(`./certificates/${name}.pem`, import.meta.url);
}

function certificateFile(name: TestCertificate | "test-only-key"): string {
  return readFileSync(new URL(`./certificates/${name}.pem`, import.meta.url), "utf8");
}

function replyError(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

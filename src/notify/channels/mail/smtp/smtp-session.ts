import net from "node:net";
import { Readable } from "node:stream";
import type tls from "node:tls";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { passwordLoginProblem } from "./login-offer.ts";
import type { MailSource } from "./mail-source.ts";
import { LoginNotOfferedError, logInWithPassword, passwordLoginMethod } from "./password-login.ts";
import { SessionLimits } from "./session-limits.ts";
import { logInWithToken, tokenLoginMethod } from "./xoauth2.ts";

/** The server's address, encryption and login. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /**
   * `starttls`: begin unencrypted and encrypt before anything else, or fail; `implicit`: encrypt from the first byte;
   * `opportunistic`: encrypt if offered, with any certificate; `none`: do not encrypt.
   */
  readonly tls: "starttls" | "implicit" | "opportunistic" | "none";
  readonly login?: SmtpLogin | undefined;
}

/** With a password (PLAIN, LOGIN, CRAM-MD5), or with an access token (XOAUTH2). */
export type SmtpLogin =
  | { readonly user: string; readonly password: string }
  | { readonly user: string; readonly accessToken: string };

/** Time limits for each step, in milliseconds. */
export interface SmtpTimeouts {
  /** Until the connection is established, including the name lookup. */
  readonly connectMs: number;
  /** Until the greeting, and as long again until encryption is established. */
  readonly greetingMs: number;
  /** For every other reply (RFC 5321 section 4.5.3.2 asks for up to 10 minutes after the final dot). */
  readonly replyMs: number;
}

export interface SmtpSessionOptions {
  readonly server: SmtpServer;
  readonly timeouts: SmtpTimeouts;
  /** @param address of the server, as connected */
  readonly tls: (address: string | undefined) => tls.ConnectionOptions;
  readonly signal: AbortSignal;
  /** Replaces the system's name lookup. */
  readonly lookup?: net.LookupFunction | undefined;
}

/** How a session ended. */
export type SmtpSessionEnd =
  /** The server accepted responsibility (RFC 5321 section 6.1). */
  | { readonly kind: "accepted"; readonly reply: string }
  /** `uncertain`: it ended between our final dot and the reply to it. */
  | { readonly kind: "failed"; readonly error: unknown; readonly uncertain: boolean };

/** For each address of a host; Node's default of 250 ms is too short for a distant server. */
const addressAttemptMs = 5000;
/** Longer than the limit for a reply, so that a silent server is reported as silent and not as slow. */
const stallFactor = 1.25;
/** How long the connection stays open for the reply to QUIT; nothing waits for it. */
const quitMs = 2000;

/**
 * Sends one mail over a new connection; without a mail it only connects and logs in. It never rejects, and ends at
 * once when `signal` is aborted.
 */
export async function runSession(mail: MailSource | undefined, options: SmtpSessionOptions): Promise<SmtpSessionEnd> {
  let socket: net.Socket;
  try {
    socket = await connect(options);
  } catch (error) {
    return { kind: "failed", error, uncertain: false };
  }
  return new Promise((resolve) => {
    const { server, timeouts, signal } = options;
    const { login } = server;
    const connection = new SMTPConnection({
      connection: socket,
      host: server.host,
      port: server.port,
      secure: server.tls === "implicit",
      requireTLS: server.tls === "starttls",
      ignoreTLS: server.tls === "none",
      opportunisticTLS: server.tls === "opportunistic",
      tls: options.tls(socket.remoteAddress),
      connectionTimeout: timeouts.greetingMs * 2,
      greetingTimeout: timeouts.greetingMs,
      socketTimeout: timeouts.replyMs,
      socketCloseTimeout: quitMs,
      maxResponseSize: 64 * 1024,
      customAuth: loginMethods(login),
    });
    const content = Readable.from([mail?.content ?? ""], { objectMode: false });
    // After the whole content the final dot may have been sent: only a reply shows whether the mail was accepted.
    let isContentSent = false;
    content.once("end", () => {
      isContentSent = true;
      if (!isOver) limits.begin("reply", timeouts.replyMs * stallFactor);
    });
    let isOver = false;
    const end = (outcome: SmtpSessionEnd) => {
      if (isOver) return;
      isOver = true;
      limits[Symbol.dispose]();
      signal.removeEventListener("abort", onAbort);
      resolve(outcome);
    };
    const fail = (error: Error) => {
      end({ kind: "failed", error, uncertain: isContentSent && !("responseCode" in error) });
      connection.close();
      socket.destroy();
      dropQueuedReplies(connection);
    };
    const limits = new SessionLimits(socket, fail);
    // Greeting and EHLO, then TLS and EHLO again.
    limits.begin("set-up", timeouts.greetingMs * 3);
    const onAbort = () => fail(new Error("aborted"));
    signal.addEventListener("abort", onAbort, { once: true });
    // Never removed: an error after the end must not stop the process.
    connection.on("error", fail);
    const send = () => {
      if (mail === undefined) {
        end({ kind: "accepted", reply: "ready" });
        quit(connection, socket);
        return;
      }
      limits.begin("envelope", timeouts.replyMs * stallFactor);
      const envelope = { from: mail.from, to: mail.to, size: mail.content.length };
      connection.send(envelope, content, (error, info) => {
        if (error !== null) return fail(error);
        end({ kind: "accepted", reply: info.response });
        quit(connection, socket);
      });
    };
    connection.connect((error) => {
      if (error !== undefined) return fail(error);
      if (isOver) return;
      if (login === undefined) return send();
      // A password is sent only to a server that offers a login.
      const problem =
        "password" in login
          ? passwordLoginProblem(connection)
          : connection.allowsAuth
            ? undefined
            : new LoginNotOfferedError("ENOAUTH", "the server offers no login");
      if (problem !== undefined) return fail(problem);
      limits.begin("login", timeouts.greetingMs * 2);
      const method = "password" in login ? passwordLoginMethod : tokenLoginMethod;
      connection.login({ user: login.user, method }, (refusal) => {
        if (refusal !== null) return fail(refusal);
        if (!isOver) send();
      });
    });
    if (signal.aborted) onAbort();
  });
}

function loginMethods(login: SmtpLogin | undefined): SMTPConnection.Options["customAuth"] {
  if (login === undefined) return undefined;
  if ("accessToken" in login) return { [tokenLoginMethod]: (context) => logInWithToken(login, context) };
  return { [passwordLoginMethod]: (context) => logInWithPassword(login, context) };
}

/** nodemailer continues to process the replies in its queue, one in each turn of the event loop, although they are not needed. */
function dropQueuedReplies(connection: SMTPConnection): void {
  const queue: unknown = Reflect.get(connection, "_responseQueue");
  if (Array.isArray(queue)) queue.length = 0;
}

/** Sends QUIT and does not wait: the outcome is known. */
function quit(connection: SMTPConnection, socket: net.Socket): void {
  connection.quit();
  socket.unref();
  const timer = setTimeout(() => socket.destroy(), quitMs);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
}

/** Uses the system's name lookup, as other programs on this machine do. */
function connect({ server, timeouts, signal, lookup }: SmtpSessionOptions): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({
      host: server.host,
      port: server.port,
      autoSelectFamilyAttemptTimeout: addressAttemptMs,
      lookup,
    });
    const fail = (error: Error) => {
      finish();
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => {
      fail(Object.assign(new Error("connection timeout"), { code: "ETIMEDOUT", timeoutType: "CONNECT_TIMEOUT" }));
    }, timeouts.connectMs);
    const onAbort = () => fail(new Error("aborted"));
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    // Never removed, like the handler of the connection.
    socket.on("error", fail);
    socket.once("connect", () => {
      finish();
      resolve(socket);
    });
    if (signal.aborted) onAbort();
  });
}

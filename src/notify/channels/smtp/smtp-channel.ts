import type net from "node:net";
import type tls from "node:tls";
import { parseAddress } from "../../../core/address.ts";
import type { Channel, Message, SendOutcome } from "../../../core/delivery.ts";
import { AddressSet, linkLocalRanges, loopbackRanges, privateRanges } from "../../../core/network.ts";
import { isMailAddress } from "../../mail-address.ts";
import { Redactor } from "../../redact.ts";
import { trustedContext } from "../../trust.ts";
import { explainMailFailure } from "./explain.ts";
import { isOfTheWay, isPermanent, readMailError } from "./mail-error.ts";
import { type MailSource, mailSource } from "./mail-source.ts";
import { holdSession, type SmtpPatience, type SmtpServer } from "./smtp-session.ts";

export interface SmtpChannelOptions extends SmtpServer {
  /** Sender: an address, or `Name <address>`. */
  readonly from: string;
  /**
   * Whether the server's certificate must be valid for its name; default true, except where `tls` is `opportunistic`.
   * `unless-local`: a server at a private or loopback address may have one that nobody vouches for.
   */
  readonly verify?: boolean | "unless-local";
  /** Authorities to trust besides the usual ones, in PEM. */
  readonly ca?: string;
  readonly patience?: Partial<SmtpPatience>;
  /** Instead of the system's name lookup. */
  readonly lookup?: net.LookupFunction;
}

const usualPatience: SmtpPatience = { connectMs: 30_000, greetingMs: 60_000, replyMs: 600_000 };

/**
 * Mail by a mail server (RFC 5321): one connection and one message for each delivery. `delivered` is said at the
 * server's reply to the final dot, before the farewell.
 */
export class SmtpChannel implements Channel {
  readonly #options: SmtpChannelOptions;
  readonly #redactor: Redactor;
  #context: tls.SecureContext | undefined;

  constructor(options: SmtpChannelOptions) {
    this.#options = options;
    this.#redactor = new Redactor(
      options.login === undefined
        ? { passwords: [] }
        : { passwords: [options.login.password], user: options.login.user },
    );
  }

  async send(message: Message, recipient: string, signal: AbortSignal): Promise<SendOutcome> {
    if (signal.aborted) return { kind: "retry", reason: "broken off before the mail server was asked" };
    if (!isMailAddress(recipient)) return { kind: "rejected", reason: this.#safe(`not a mail address: ${recipient}`) };
    try {
      return await this.#hold(await mailSource(message, this.#options.from, recipient), signal);
    } catch (error) {
      return this.#outcomeOf(error, false, signal);
    }
  }

  /** Asks whether the server is there and lets us log in, without sending anything: `delivered` says yes. */
  async greet(signal: AbortSignal): Promise<SendOutcome> {
    return await this.#hold(undefined, signal);
  }

  async #hold(mail: MailSource | undefined, signal: AbortSignal): Promise<SendOutcome> {
    const end = await holdSession(mail, {
      server: this.#options,
      patience: { ...usualPatience, ...this.#options.patience },
      tls: (address) => this.#tlsOptions(address),
      signal,
      ...(this.#options.lookup === undefined ? {} : { lookup: this.#options.lookup }),
    });
    if (end.kind === "accepted") return { kind: "delivered", detail: this.#safe(end.reply) };
    return this.#outcomeOf(end.error, end.uncertain, signal);
  }

  #outcomeOf(error: unknown, uncertain: boolean, signal: AbortSignal): SendOutcome {
    const reason = signal.aborted
      ? `broken off while ${uncertain ? "the mail server had the message and had not answered" : "sending"}`
      : this.#safe(explainMailFailure(error, this.#options));
    const failure = readMailError(error);
    if (isPermanent(failure)) return { kind: "rejected", reason };
    const closed = !uncertain && !signal.aborted && isOfTheWay(failure);
    return { kind: "retry", reason, ...(uncertain ? { uncertain } : {}), ...(closed ? { closed } : {}) };
  }

  #tlsOptions(address: string | undefined): tls.ConnectionOptions {
    const { tls: mode, verify = true, ca } = this.#options;
    if (mode === "none") return {};
    // Reading the system's authorities takes a moment: once, when it is needed.
    this.#context ??= trustedContext(ca);
    // Where a missing STARTTLS would be accepted, a wrong name protects from nothing.
    const isWanted = verify === "unless-local" ? !isLocal(address) : verify;
    return { secureContext: this.#context, rejectUnauthorized: isWanted && mode !== "opportunistic" };
  }

  #safe(text: string): string {
    return this.#redactor.redact(text, 600);
  }
}

const localAddresses = new AddressSet([...loopbackRanges, ...privateRanges, ...linkLocalRanges]);

function isLocal(text: string | undefined): boolean {
  const address = text === undefined ? undefined : parseAddress(text);
  return address !== undefined && localAddresses.has(address);
}

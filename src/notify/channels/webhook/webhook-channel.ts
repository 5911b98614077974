import type net from "node:net";
import type tls from "node:tls";
import type { Clock } from "../../../core/clock.ts";
import type { Channel, Message, SendOutcome } from "../../../core/delivery.ts";
import type { Log } from "../../../core/log.ts";
import { safeText } from "../../../core/safe-text.ts";
import { Redactor } from "../../redact.ts";
import { trustedContext } from "../../trust.ts";
import { acceptsExpected } from "../http/acceptance.ts";
import { postMessage } from "../http/post-message.ts";
import { movedChat } from "./moved-chat.ts";
import { presetAcceptance } from "./preset-acceptance.ts";
import { type PresetName, type PresetOptions, presets } from "./presets.ts";
import { signatureHeaders } from "./signature.ts";

/** One place that messages are posted to. */
export interface Webhook extends PresetOptions {
  /** For many services whoever knows it may post: it is a secret as a whole. */
  readonly url: URL;
  readonly preset: PresetName;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Gotify: the application's token, which goes in a header. */
  readonly token?: string;
  /** Requests are signed with it, see `signatureHeaders`. */
  readonly signingSecret?: string;
  /** Authorities to trust besides the usual ones, in PEM. */
  readonly ca?: string;
  /** For one attempt, until the answer. Default 30 seconds. */
  readonly timeoutMs?: number;
  /** `any`: a status of success is enough; else the answer must have this text. Without it the preset's service decides. */
  readonly expect?: string;
}

export interface WebhookChannelOptions {
  /** By name; the recipient of a delivery is such a name. */
  readonly webhooks: ReadonlyMap<string, Webhook>;
  readonly clock: Pick<Clock, "now">;
  /** Instead of the system's name lookup. */
  readonly lookup?: net.LookupFunction;
  /** Told what is to be changed in the configuration although messages arrive. */
  readonly log?: Pick<Log, "warn">;
}

interface Target {
  readonly webhook: Webhook;
  readonly redactor: Redactor;
  context: tls.SecureContext | undefined;
  /** Telegram: where the configured chat has gone. */
  movedTo: string | undefined;
}

/** The configuration may be mended. */
const mendingMs = 60 * 60_000;

/**
 * Messages as JSON by POST, to one's own programs or in the form of a chat service. The `Idempotency-Key` header is the
 * same on every attempt at one message.
 */
export class WebhookChannel implements Channel {
  readonly #options: WebhookChannelOptions;
  readonly #targets: ReadonlyMap<string, Target>;

  constructor(options: WebhookChannelOptions) {
    this.#options = options;
    this.#targets = new Map(
      [...options.webhooks].map(([name, webhook]) => [
        name,
        { webhook, redactor: new Redactor({ passwords: secretsOf(webhook) }), context: undefined, movedTo: undefined },
      ]),
    );
  }

  async send(message: Message, recipient: string, signal: AbortSignal): Promise<SendOutcome> {
    const target = this.#targets.get(recipient);
    if (target === undefined) {
      const name = safeText(recipient, { limit: 100 });
      return { kind: "retry", reason: `no webhook named ${name} is configured`, retryAfterMs: mendingMs, closed: true };
    }
    let moved: string | undefined;
    const first = await this.#post(message, target, signal, (text) => {
      moved = target.webhook.preset === "telegram" ? movedChat(text) : undefined;
    });
    if (first.kind === "delivered" || moved === undefined || moved === target.movedTo) return noting(first, target);
    const advice = `Telegram moved the chat of this webhook: set chat_id: ${moved} at notify.webhooks.${safeText(recipient, { limit: 100 })}`;
    if (target.movedTo === undefined) this.#options.log?.warn(advice);
    target.movedTo = moved;
    return noting(await this.#post(message, target, signal), target);
  }

  #post(
    message: Message,
    target: Target,
    signal: AbortSignal,
    onAnswer?: (text: string) => void,
  ): Promise<SendOutcome> {
    const { clock, lookup } = this.#options;
    const { webhook, redactor, movedTo } = target;
    if (webhook.url.protocol === "https:") target.context ??= trustedContext(webhook.ca);
    const chat = movedTo === undefined ? {} : { chatId: movedTo };
    const body = JSON.stringify(presets[webhook.preset](message, { ...webhook, ...chat }));
    return postMessage({
      url: addressOf(webhook),
      headers: headersOf(webhook, message, body, clock.now()),
      body,
      signal,
      timeoutMs: webhook.timeoutMs ?? 30_000,
      clock,
      redactor,
      loginAdvice: "is the address (or token) still right, and may it write there?",
      accepts: webhook.expect === undefined ? presetAcceptance[webhook.preset] : acceptsExpected(webhook.expect),
      ...(onAnswer === undefined ? {} : { onAnswer }),
      ...(target.context === undefined ? {} : { secureContext: target.context }),
      ...(lookup === undefined ? {} : { lookup }),
    });
  }
}

function noting(outcome: SendOutcome, { movedTo }: Target): SendOutcome {
  if (outcome.kind !== "delivered" || movedTo === undefined) return outcome;
  return { ...outcome, detail: `${outcome.detail ?? ""}; the chat has moved: set chat_id: ${movedTo}` };
}

/**
 * Without `wait` Discord answers before the message is stored, and "a message that is not saved does not return an
 * error". https://discord.com/developers/docs/resources/webhook#execute-webhook-query-string-params
 */
function addressOf({ url, preset }: Webhook): URL {
  if (preset !== "discord" || url.searchParams.has("wait") || /\/(?:slack|github)$/.test(url.pathname)) return url;
  const waiting = new URL(url);
  waiting.searchParams.set("wait", "true");
  return waiting;
}

function headersOf(webhook: Webhook, message: Message, body: string, now: number): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(webhook.headers ?? {})) own[name.toLowerCase()] = value;
  return {
    "user-agent": "harbinger",
    ...own,
    "content-type": "application/json",
    "idempotency-key": message.messageId.replace(/[^\x21-\x7e]/g, "-").slice(0, 255),
    ...(webhook.token === undefined ? {} : { "x-gotify-key": webhook.token }),
    ...(webhook.signingSecret === undefined ? {} : signatureHeaders(body, webhook.signingSecret, now)),
  };
}

/** Everything of a webhook that may open a door: of its address all but the origin, whole and in pieces. */
function secretsOf(webhook: Webhook): string[] {
  const { url } = webhook;
  const pieces = [
    ...url.pathname.split("/").filter((piece) => piece.length >= 6),
    ...[...url.searchParams.values()].filter((value) => value.length >= 4),
  ];
  return [
    url.href,
    ...(url.pathname.length > 1 ? [url.pathname + url.search, url.pathname] : []),
    ...(url.search.length > 1 ? [url.search.slice(1)] : []),
    ...pieces,
    ...pieces.map(decoded),
    // Telegram's token has two halves: bot123456:secret.
    ...pieces.flatMap((piece) => decoded(piece).split(":")).filter((half) => half.length >= 6),
    ...Object.values(webhook.headers ?? {}).flatMap((value) =>
      [value, ...value.split(" ")].filter((part) => part.length >= 6),
    ),
    webhook.token ?? "",
    webhook.signingSecret ?? "",
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

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
import { migratedChatId } from "./migrated-chat.ts";
import { presetAcceptance } from "./preset-acceptance.ts";
import { type PresetName, type PresetOptions, presets } from "./presets.ts";
import { signatureHeaders } from "./signature.ts";

/** How messages are posted to one address. */
export interface Webhook extends PresetOptions {
  /** The whole address is a secret: with many services anyone who knows it can post. */
  readonly url: URL;
  readonly preset: PresetName;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Gotify: the application's token, sent in a header. */
  readonly token?: string | undefined;
  /** Signs requests: see `signatureHeaders`. */
  readonly signingSecret?: string | undefined;
  /** Certificate authorities to trust as well, in PEM. */
  readonly ca?: string | undefined;
  /** For one attempt, until the answer. Default 30 seconds. */
  readonly timeoutMs?: number | undefined;
  /** `any`: every 2xx status counts as delivered; else the answer must contain this text. Without it the preset decides. */
  readonly expect?: string | undefined;
}

export interface WebhookChannelOptions {
  readonly webhook: Webhook;
  /** The name of the entry in `notify.webhooks`, for messages. */
  readonly name: string;
  readonly clock: Pick<Clock, "now">;
  /** Replaces the system's name lookup. */
  readonly lookup?: net.LookupFunction | undefined;
  /** Reports what the user should change in the configuration although messages arrive. */
  readonly log?: Pick<Log, "warn"> | undefined;
}

/**
 * Messages as JSON by POST, to the user's own programs or in the format of a chat service. The `Idempotency-Key` header is the
 * same on every attempt to send one message.
 */
export class WebhookChannel implements Channel {
  readonly #options: WebhookChannelOptions;
  readonly #redactor: Redactor;
  #context: tls.SecureContext | undefined;
  /** Telegram: the new identifier of the configured chat. */
  #migratedTo: string | undefined;

  constructor(options: WebhookChannelOptions) {
    this.#options = options;
    this.#redactor = new Redactor({ passwords: secretsOf(options.webhook) });
  }

  /** @param _recipient unused: a webhook has only one */
  async send(message: Message, _recipient: string, signal: AbortSignal): Promise<SendOutcome> {
    const { webhook, log } = this.#options;
    let migratedTo: string | undefined;
    const first = await this.#post(message, signal, (text) => {
      migratedTo = webhook.preset === "telegram" ? migratedChatId(text) : undefined;
    });
    const isChanged = migratedTo !== undefined && migratedTo !== this.#migratedTo;
    if (first.kind === "delivered" || !isChanged) return this.#withAdvice(first);
    if (this.#migratedTo === undefined) {
      const entry = `notify.webhooks.${safeText(this.#options.name, { limit: 100 })}`;
      log?.warn(`the Telegram chat has a new identifier: set chat_id: ${migratedTo} at ${entry}`);
    }
    this.#migratedTo = migratedTo;
    return this.#withAdvice(await this.#post(message, signal));
  }

  #post(message: Message, signal: AbortSignal, onAnswer?: (text: string) => void): Promise<SendOutcome> {
    const { webhook, clock, lookup } = this.#options;
    if (webhook.url.protocol === "https:") this.#context ??= trustedContext(webhook.ca);
    const chatId = this.#migratedTo ?? webhook.chatId;
    const body = JSON.stringify(presets[webhook.preset](message, { ...webhook, chatId }));
    return postMessage({
      url: addressOf(webhook),
      headers: headersOf(webhook, message, body, clock.now()),
      body,
      signal,
      timeoutMs: webhook.timeoutMs ?? 30_000,
      clock,
      redactor: this.#redactor,
      loginAdvice: "is the address (or token) still valid, and may it post there?",
      accepts: webhook.expect === undefined ? presetAcceptance[webhook.preset] : acceptsExpected(webhook.expect),
      onAnswer,
      secureContext: this.#context,
      lookup,
    });
  }

  #withAdvice(outcome: SendOutcome): SendOutcome {
    if (outcome.kind !== "delivered" || this.#migratedTo === undefined) return outcome;
    const advice = `the chat has a new identifier: set chat_id: ${this.#migratedTo}`;
    return { ...outcome, detail: `${outcome.detail ?? ""}; ${advice}` };
  }
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

/** Every part of a webhook that may give access: the address without its origin, whole and in pieces, headers and tokens. */
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

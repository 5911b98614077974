import { createHash } from "node:crypto";
import type net from "node:net";
import type tls from "node:tls";
import type { Clock } from "../../../core/clock.ts";
import type { Channel, Message, SendOutcome } from "../../../core/delivery.ts";
import { safeText } from "../../../core/safe-text.ts";
import { withoutTrailing } from "../../../core/trailing.ts";
import { Redactor } from "../../redact.ts";
import { trustedContext } from "../../trust.ts";
import { type Accepts, accepted, isWebPage, jsonObject, notFrom, webPage } from "../http/acceptance.ts";
import { cutToBytes } from "../http/cut-text.ts";
import { postMessage } from "../http/post-message.ts";
import { encodedHeader } from "./encoded-header.ts";

export interface NtfyChannelOptions {
  /** `https://ntfy.sh`, or the user's own server; it may have a path. */
  readonly server: URL;
  /** Where messages are published. Anyone who knows the topic can read them. */
  readonly topic: string;
  /** 1 (min) to 5 (max). An urgent message gets one more, and 4 at least. */
  readonly priority?: NtfyPriority | undefined;
  /** Words shown beside the title; the app shows known ones as emoji: `rotating_light`. */
  readonly tags?: readonly string[] | undefined;
  /** Opened when the notification is tapped. */
  readonly click?: URL | undefined;
  readonly login?: NtfyLogin | undefined;
  /** Certificate authorities to trust as well, in PEM. */
  readonly ca?: string | undefined;
  /** For one attempt, until the answer. Default 30 seconds. */
  readonly timeoutMs?: number | undefined;
  /** Maximum text in bytes, the server's `message-size-limit`. Default 4096. */
  readonly sizeLimit?: number | undefined;
  readonly clock: Pick<Clock, "now">;
  /** Replaces the system's name lookup. */
  readonly lookup?: net.LookupFunction | undefined;
}

export type NtfyPriority = 1 | 2 | 3 | 4 | 5;

export type NtfyLogin =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "password"; readonly user: string; readonly password: string };

/** What ntfy accepts as a topic. https://docs.ntfy.sh/publish/#picking-a-topic */
export const topicPattern = /^[-_A-Za-z0-9]{1,64}$/;

/** The default limit of a server for text, in bytes; a longer text becomes an attachment. */
export const ntfyTextBytes = 4096;

/** A title is one line on a phone. */
const maxTitleCharacters = 250;

/**
 * Push messages by ntfy (https://docs.ntfy.sh/publish/): the text is the body of a POST to the topic, the rest is in
 * headers. A longer text would become an attachment, so it is cut, with a note. Each message
 * has its own sequence identifier, so that a repeated message replaces the first one (ntfy 2.16 and later).
 */
export class NtfyChannel implements Channel {
  readonly #options: NtfyChannelOptions;
  readonly #redactor: Redactor;
  #context: tls.SecureContext | undefined;

  constructor(options: NtfyChannelOptions) {
    const { login, topic } = options;
    if (!topicPattern.test(topic)) throw new Error("not an ntfy topic");
    this.#options = options;
    this.#redactor = new Redactor(
      login === undefined
        ? { passwords: [] }
        : login.kind === "token"
          ? { passwords: [login.token] }
          : { passwords: [login.password], user: login.user },
    );
  }

  /** @param _recipient unused: the topic is in the configuration */
  async send(message: Message, _recipient: string, signal: AbortSignal): Promise<SendOutcome> {
    const { server, topic, ca, lookup } = this.#options;
    const url = new URL(server);
    url.pathname = `${withoutTrailing(server.pathname, "/")}/${topic}`;
    if (url.protocol === "https:") this.#context ??= trustedContext(ca);
    return postMessage({
      url,
      headers: this.#headers(message),
      body: cutToBytes(message.text, this.#options.sizeLimit ?? ntfyTextBytes),
      signal,
      timeoutMs: this.#options.timeoutMs ?? 30_000,
      clock: this.#options.clock,
      redactor: { redact: (text, limit) => this.#redactor.redact(this.#withoutTopic(text), limit) },
      loginAdvice: "is the token (or user and password) right, and may it write to this topic?",
      accepts: acceptsPublished,
      secureContext: this.#context,
      lookup,
    });
  }

  /** Removes the topic where a server repeats the request. A topic that is part of the server's name is not a secret. */
  #withoutTopic(text: string): string {
    const { server, topic } = this.#options;
    const word = new RegExp(`(?<![-_A-Za-z0-9])${topic}(?![-_A-Za-z0-9])`, "g");
    return word.test(server.origin) ? text : text.replace(word, "[secret]");
  }

  #headers(message: Message): Record<string, string> {
    const { tags = [], click, login } = this.#options;
    const priority = message.urgency === "high" ? urgentPriority(this.#options.priority) : this.#options.priority;
    const title = safeText(message.subject, { limit: maxTitleCharacters }).trim();
    return {
      "content-type": "text/plain; charset=utf-8",
      "user-agent": "harbinger",
      ...(title === "" ? {} : { title: encodedHeader(title) }),
      ...(priority === undefined ? {} : { priority: String(priority) }),
      ...(tags.length === 0 ? {} : { tags: encodedHeader(tags.join(",")) }),
      ...(click === undefined ? {} : { click: click.href }),
      "x-message-id": encodedHeader(safeText(message.messageId, { limit: 300 })),
      "x-sequence-id": createHash("sha256").update(message.messageId).digest("base64url").slice(0, 32),
      ...(login === undefined ? {} : { authorization: authorization(login) }),
    };
  }
}

/** The message as it was published. https://docs.ntfy.sh/subscribe/api/#json-message-format */
const acceptsPublished: Accepts = (answer) => {
  if (isWebPage(answer)) return webPage;
  const json = jsonObject(answer.text);
  const { id, event } = json ?? {};
  return typeof id === "string" && id !== "" && event === "message" ? accepted : notFrom("ntfy", answer);
};

/** The default of ntfy is 3. With 4 or more a phone makes a sound. */
function urgentPriority(usual: NtfyPriority = 3): NtfyPriority {
  return usual >= 4 ? 5 : 4;
}

function authorization(login: NtfyLogin): string {
  if (login.kind === "token") return `Bearer ${login.token}`;
  return `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
}

import * as z from "zod";
import type { ChannelDefinition } from "../../channel-definition.ts";
import { checkedUrl, httpKeys, serverAddress, timeoutMsOf, tokenText } from "../http/http-keys.ts";
import { presetNames, textBytes } from "./presets.ts";
import { type Webhook, WebhookChannel } from "./webhook-channel.ts";

/** RFC 9110 section 5.1. Headers about the length and type of the body are set by this program. */
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, "expected the name of a header")
  .refine((name) => !reservedHeaders.has(name.toLowerCase()), "this header is set by the program");

const reservedHeaders = new Set([
  "connection",
  "content-length",
  "content-type",
  "expect",
  "host",
  "idempotency-key",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const headerValue = z
  .string()
  .max(4000)
  .regex(/^[\x20-\x7e]*$/, "expected printable ASCII")
  .meta({ secret: true });

/** An entry of `notify.webhooks`. */
export const webhookSchema = z
  .strictObject({
    url: serverAddress("expected an address: https://...").meta({
      description: "Where messages are posted.",
      secret: true,
    }),
    preset: z
      .enum(presetNames)
      .default("generic")
      .meta({ description: "The format of messages: generic JSON, or that of a chat service." }),
    headers: z
      .record(headerName, headerValue)
      .default({})
      .meta({ description: "Headers sent with every request, such as Authorization." }),
    token: tokenText.optional().meta({ description: "Gotify: the application's token.", secret: true }),
    signing_secret: z
      .string()
      .min(8, "expected at least 8 characters")
      .max(1000)
      .optional()
      .meta({ description: "Signs every request: HMAC-SHA256 over timestamp and body.", secret: true }),
    chat_id: z
      .union([z.int(), z.string().regex(/^(?:-?\d{1,20}|@\w{1,64})$/, "expected a number or @channel")])
      .optional()
      .meta({ description: "Telegram: the chat that the bot writes to." }),
    priority: z
      .int()
      .min(0)
      .max(10)
      .optional()
      .meta({ description: "Gotify: 0 to 10. An urgent message gets at least 8." }),
    expect: z.string().min(1).max(200).optional().meta({
      description:
        "When a message counts as delivered: `any` (every 2xx status), or a text that the answer must contain. Without it the answer must be that of the preset's service; for `generic`, any answer except a web page and JSON that reports a failure.",
    }),
    ...httpKeys,
  })
  .refine((section) => section.preset !== "telegram" || section.chat_id !== undefined, {
    path: ["chat_id"],
    message: "Telegram needs chat_id",
  })
  .meta({ description: "Messages as JSON by POST." });

export type WebhookSection = z.output<typeof webhookSchema>;

/** @param ca the content of `ca_file` */
export function webhookOf(section: WebhookSection, ca?: string): Webhook {
  const { preset, headers, token, signing_secret: signingSecret, chat_id: chatId, priority, expect } = section;
  return {
    url: checkedUrl(section.url),
    preset,
    headers,
    token,
    signingSecret,
    chatId: chatId === undefined ? undefined : String(chatId),
    priority,
    ca,
    expect,
    timeoutMs: timeoutMsOf(section),
  };
}

export const webhookChannel: ChannelDefinition<WebhookSection> = {
  name: "webhook",
  path: ["notify", "webhooks"],
  hasEntries: true,
  schema: webhookSchema,
  sample: 'webhooks: { ops: { url: "https://hooks.example.org/services/x", preset: slack } }',
  recipients: "notify",
  form: { kind: "short", maxTextBytes: ({ preset }) => textBytes[preset], takesJson: true },
  create: (section, { ca, name, clock, log }) =>
    new WebhookChannel({ webhook: webhookOf(section, ca), name, clock, log }),
};

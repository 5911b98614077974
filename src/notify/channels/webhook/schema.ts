import * as z from "zod";
import { parseDuration } from "../../../core/duration.ts";
import { parseServerUrl } from "../http/server-url.ts";
import { presetNames } from "./presets.ts";
import type { Webhook } from "./webhook-channel.ts";

/** RFC 9110 section 5.1. What says how long the body is, or what it is, is ours to say. */
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

/** One webhook: section `notify.webhook`, or an entry of `notify.webhooks`. */
export const webhookSchema = z
  .strictObject({
    url: z
      .string()
      .refine((text) => parseServerUrl(text) !== undefined, "expected an address: https://...")
      .meta({ description: "Where messages are posted to.", secret: true }),
    preset: z
      .enum(presetNames)
      .default("generic")
      .meta({ description: "Whose form a message takes: generic JSON, or that of a chat service." }),
    headers: z
      .record(headerName, headerValue)
      .default({})
      .meta({ description: "Headers sent with every request, such as Authorization." }),
    token: z
      .string()
      .regex(/^[\x21-\x7e]{1,1000}$/, "expected printable ASCII without spaces")
      .optional()
      .meta({ description: "Gotify: the application's token.", secret: true }),
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
      .meta({ description: "Gotify: 0 to 10. What cannot wait gets 8 at least." }),
    expect: z.string().min(1).max(200).optional().meta({
      description:
        "When a message counts as delivered: any (a status of success is enough), or a text that the answer has to have. Without it the answer must be the one of the preset's service; for generic anything but a web page and JSON that says it failed.",
    }),
    ca_file: z.string().min(1).optional().meta({
      description: "PEM file of authorities to trust besides, relative to the configuration file.",
      kind: "path",
    }),
    timeout: z
      .string()
      .refine((text) => (parseDuration(text) ?? 0) >= 1000, 'expected a duration such as "30s"')
      .meta({ kind: "duration" })
      .default("30s")
      .meta({ description: "How long one attempt waits for the server." }),
  })
  .refine((section) => section.preset !== "telegram" || section.chat_id !== undefined, {
    path: ["chat_id"],
    message: "Telegram needs chat_id",
  })
  .meta({ description: "Messages as JSON by POST." });

/** Section `notify.webhooks`: by name, which is what a recipient is called. */
export const webhooksSchema = z
  .record(z.string().regex(/^[^\p{C},]{1,100}$/u, "a webhook's name is 1 to 100 characters"), webhookSchema)
  .default({})
  .meta({ description: "Webhooks by name." });

export type WebhookSection = z.output<typeof webhookSchema>;

/** @param ca what `ca_file` holds */
export function webhookOf(section: WebhookSection, ca?: string): Webhook {
  const { token, signing_secret: signingSecret, chat_id: chatId, priority, expect } = section;
  const url = parseServerUrl(section.url);
  // The schema has checked it.
  if (url === undefined) throw new Error("not an address of a webhook");
  return {
    url,
    preset: section.preset,
    headers: section.headers,
    ...(token === undefined ? {} : { token }),
    ...(signingSecret === undefined ? {} : { signingSecret }),
    ...(chatId === undefined ? {} : { chatId: String(chatId) }),
    ...(priority === undefined ? {} : { priority }),
    ...(ca === undefined ? {} : { ca }),
    ...(expect === undefined ? {} : { expect }),
    timeoutMs: parseDuration(section.timeout) ?? 30_000,
  };
}

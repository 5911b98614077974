import type { Message } from "../../../core/delivery.ts";
import { safeText } from "../../../core/safe-text.ts";
import { withoutTrailing } from "../../../core/trailing.ts";
import { cutToBytes, cutToCharacters } from "../http/cut-text.ts";

export const presetNames = ["generic", "slack", "discord", "teams", "gotify", "telegram"] as const;

/** The service whose format a message has. */
export type PresetName = (typeof presetNames)[number];

export interface PresetOptions {
  /** Telegram: the chat that the bot writes to, a number or `@channel`. */
  readonly chatId?: string | undefined;
  /** Gotify: 0 to 10. */
  readonly priority?: number | undefined;
}

/** A message as the JSON of one service. Text is escaped, so that no service interprets it as markup or as a mention. */
export type Preset = (message: Message, options: PresetOptions) => object;

/**
 * For the user's own programs: `version` 1, `id` (the same on every attempt), `time` (ISO 8601, UTC), `subject`, `text`,
 * `urgency` (`high` or `normal`), and `data`, the machine-readable form where there is one (for an alert see `alertJson`). Keys may be added; none is ever removed.
 */
const generic: Preset = (message) => ({
  version: 1,
  id: message.messageId,
  time: new Date(message.date).toISOString(),
  subject: subjectOf(message),
  text: message.text,
  urgency: message.urgency ?? "normal",
  data: message.json === undefined ? undefined : parsed(message.json),
});

/** https://api.slack.com/messaging/webhooks: 40,000 characters; `&`, `<` and `>` are escaped, which also stops mentions. */
const slack: Preset = (message) => {
  const title = escapedForSlack(subjectOf(message)).replace(/[*_~`]/g, " ");
  const whole = escapedForSlack(cutToCharacters(message.text, 38_000));
  // Escaping replaces one character by at most five.
  const text = whole.length <= 38_000 ? whole : escapedForSlack(cutToCharacters(message.text, 38_000 / 5));
  return { text: `*${title}*\n${fenced(text)}`, unfurl_links: false, unfurl_media: false };
};

function escapedForSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** https://discord.com/developers/docs/resources/webhook#execute-webhook: 2,000 characters; mentions are switched off. */
const discord: Preset = (message) => {
  const title = `**${subjectOf(message).replace(/[\\*_~`|>#<[\]()-]/g, "\\$&")}**\n`;
  const room = 2000 - title.length - fenced("").length;
  return { content: title + fenced(cutToCharacters(message.text, room)), allowed_mentions: { parse: [] } };
};

/**
 * A Teams workflow with a webhook trigger, or a connector: an adaptive card, 28 KB at most. Text runs are not read as
 * Markdown, unlike text blocks. https://adaptivecards.io/explorer/TextRun.html
 */
const teams: Preset = (message) => ({
  type: "message",
  attachments: [
    {
      contentType: "application/vnd.microsoft.card.adaptive",
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.4",
        body: [
          richText({
            text: subjectOf(message),
            weight: "bolder",
            size: "medium",
            color: message.urgency === "high" ? "attention" : undefined,
          }),
          // JSON escapes some characters, with up to six for one.
          richText({ text: jsonCut(message.text, 24_000), fontType: "monospace", size: "small" }),
        ],
      },
    },
  ],
});

function richText(run: object): object {
  return { type: "RichTextBlock", inlines: [{ type: "TextRun", ...run }] };
}

/** https://gotify.net/api-docs#/message/createMessage; without an extra for Markdown, text is plain. */
const gotify: Preset = (message, options) => {
  const priority = message.urgency === "high" ? Math.max(options.priority ?? 0, urgentInGotify) : options.priority;
  return { title: subjectOf(message), message: message.text, priority };
};

/** With 8 or more the app makes a sound and shows a banner. https://gotify.net/docs/msgextras */
const urgentInGotify = 8;

/** https://core.telegram.org/bots/api#sendmessage: 4,096 characters; without a parse mode text is plain. */
const telegram: Preset = (message, { chatId }) => ({
  chat_id: chatId ?? "",
  text: cutToCharacters(`${subjectOf(message)}\n\n${message.text}`, 4096),
  link_preview_options: { is_disabled: true },
});

export const presets: Readonly<Record<PresetName, Preset>> = { generic, slack, discord, teams, gotify, telegram };

/**
 * Bytes of text in UTF-8 that always fit beside a title of 120 characters. Slack and Teams accept more than is readable on a
 * phone; Gotify and the user's programs accept any length.
 */
export const textBytes: Readonly<Record<PresetName, number>> = {
  generic: 4096,
  slack: 3000,
  discord: 1700,
  teams: 3500,
  gotify: 4096,
  telegram: 3900,
};

function subjectOf(message: Message): string {
  return safeText(message.subject, { limit: 250 });
}

/** A code block: the only markup in it is its end mark, which is replaced in the text. */
function fenced(text: string): string {
  return `\`\`\`\n${withoutTrailing(text, "\n").replaceAll("```", "'''")}\n\`\`\``;
}

/** Cut so that it has at most `limit` bytes as JSON. */
function jsonCut(text: string, limit: number): string {
  if (Buffer.byteLength(JSON.stringify(text)) <= limit) return text;
  const shorter = cutToBytes(text, limit);
  return Buffer.byteLength(JSON.stringify(shorter)) <= limit ? shorter : cutToBytes(text, Math.floor(limit / 6));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

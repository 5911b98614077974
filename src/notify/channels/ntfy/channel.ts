import * as z from "zod";
import type { ChannelDefinition } from "../../channel-definition.ts";
import { checkedUrl, httpKeys, serverAddress, timeoutMsOf, tokenText } from "../http/http-keys.ts";
import {
  NtfyChannel,
  type NtfyChannelOptions,
  type NtfyLogin,
  type NtfyPriority,
  ntfyTextBytes,
  topicPattern,
} from "./ntfy-channel.ts";

/** https://docs.ntfy.sh/publish/#message-priority */
const priorityNames: Readonly<Record<string, NtfyPriority>> = {
  "1": 1,
  min: 1,
  "2": 2,
  low: 2,
  "3": 3,
  default: 3,
  "4": 4,
  high: 4,
  "5": 5,
  max: 5,
  urgent: 5,
};

/** Reads a priority as users write it: `5`, `urgent`. `undefined` if it is not one. */
export function parsePriority(text: string | number): NtfyPriority | undefined {
  const name = String(text).trim().toLowerCase();
  return Object.hasOwn(priorityNames, name) ? priorityNames[name] : undefined;
}

const tag = z.string().regex(/^[^\p{C},]{1,100}$/u, "a tag is a word without commas, such as rotating_light");

/** Section `notify.ntfy` of the configuration. */
export const ntfySchema = z
  .strictObject({
    server: serverAddress("expected an address such as https://ntfy.sh")
      .default("https://ntfy.sh")
      .meta({ description: "The ntfy server." }),
    topic: z.string().regex(topicPattern, "a topic is 1 to 64 letters, digits, - and _").meta({
      description: "The topic. Anyone who knows it can read the messages, so it should be hard to guess.",
      secret: true,
    }),
    priority: z
      .union([z.int(), z.string()])
      .refine((given) => parsePriority(given) !== undefined, "expected 1 to 5, or min, low, default, high, max")
      .default("default")
      .meta({ description: "1 (min) to 5 (max, urgent). An urgent message gets one more, and at least 4." }),
    tags: z
      .array(tag)
      .max(20)
      .default([])
      .meta({ description: "Tags. The app shows some of them as emoji: rotating_light, shield." }),
    click: z
      .string()
      .refine((text) => text.length <= 2000 && URL.canParse(text), "expected an address to open")
      .optional()
      .meta({ description: "Opened when a notification is tapped." }),
    token: tokenText.optional().meta({ description: "Access token (tk_...).", secret: true }),
    user: z
      .string()
      .regex(/^[^\p{C}:]{1,200}$/u, "a user name without a colon")
      .optional()
      .meta({ description: "User name, instead of a token.", fromEnvironment: true }),
    password: z.string().min(1).max(1000).optional().meta({ description: "Password of the user.", secret: true }),
    ...httpKeys,
  })
  .refine((section) => section.token === undefined || section.password === undefined, {
    path: ["token"],
    message: "give either token or user and password",
  })
  .refine((section) => (section.user === undefined) === (section.password === undefined), {
    path: ["user"],
    message: "give both user and password, or neither",
  })
  .meta({ description: "Push messages by ntfy." });

export type NtfySection = z.output<typeof ntfySchema>;

/** The options of a section; the caller adds the content of `ca_file` and the clock. */
export function ntfyOptions(section: NtfySection): Omit<NtfyChannelOptions, "clock" | "ca"> {
  return {
    server: checkedUrl(section.server),
    topic: section.topic,
    priority: parsePriority(section.priority),
    tags: section.tags,
    click: section.click === undefined ? undefined : new URL(section.click),
    login: loginOf(section),
    timeoutMs: timeoutMsOf(section),
  };
}

function loginOf({ token, user, password }: NtfySection): NtfyLogin | undefined {
  if (token !== undefined) return { kind: "token", token };
  return user === undefined || password === undefined ? undefined : { kind: "password", user, password };
}

export const ntfyChannel: ChannelDefinition<NtfySection> = {
  name: "ntfy",
  path: ["notify", "ntfy"],
  hasEntries: false,
  schema: ntfySchema,
  sample: "ntfy: { topic: my-hard-to-guess-topic }",
  recipients: "notify",
  form: { kind: "short", maxTextBytes: () => ntfyTextBytes },
  shownRecipient: ({ topic }) => topicHint(topic),
  create: (section, { clock, ca }) => new NtfyChannel({ ...ntfyOptions(section), clock, ca }),
};

const hintCharacters = 2;

/** The first characters of a topic: enough for the user to recognise it, too few to subscribe. */
function topicHint(topic: string): string {
  return topic.length <= hintCharacters ? topic : `${topic.slice(0, hintCharacters)}...`;
}

import * as z from "zod";
import { parseDuration } from "../../../core/duration.ts";
import { parseServerUrl } from "../http/server-url.ts";
import type { NtfyChannelOptions, NtfyPriority } from "./ntfy-channel.ts";
import { topicPattern } from "./ntfy-channel.ts";

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

/** A priority as people write it: `5`, `urgent`. `undefined` where it is none. */
export function parsePriority(text: string | number): NtfyPriority | undefined {
  const name = String(text).trim().toLowerCase();
  return Object.hasOwn(priorityNames, name) ? priorityNames[name] : undefined;
}

/** Printable ASCII: what a header can hold. */
const secret = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[\x21-\x7e]+$/, "expected printable ASCII without spaces");

const tag = z.string().regex(/^[^\p{C},]{1,100}$/u, "a tag is a word without commas, such as rotating_light");

/** Section `notify.ntfy` of the configuration. */
export const ntfySchema = z
  .strictObject({
    server: z
      .string()
      .refine((text) => parseServerUrl(text) !== undefined, "expected an address such as https://ntfy.sh")
      .default("https://ntfy.sh")
      .meta({ description: "The ntfy server." }),
    topic: z.string().regex(topicPattern, "a topic is 1 to 64 letters, digits, - and _").meta({
      description: "The topic; whoever knows it can read along, so it should be hard to guess.",
      secret: true,
    }),
    priority: z
      .union([z.int(), z.string()])
      .refine((given) => parsePriority(given) !== undefined, "expected 1 to 5, or min, low, default, high, max")
      .default("default")
      .meta({ description: "1 (min) to 5 (max, urgent). What cannot wait gets one more, and 4 at least." }),
    tags: z
      .array(tag)
      .max(20)
      .default([])
      .meta({ description: "Tags; known ones are shown as pictures: rotating_light, shield." }),
    click: z
      .string()
      .refine((text) => text.length <= 2000 && URL.canParse(text), "expected an address to open")
      .optional()
      .meta({ description: "Opened when a notification is tapped." }),
    token: secret.optional().meta({ description: "Access token (tk_...).", secret: true }),
    user: z
      .string()
      .regex(/^[^\p{C}:]{1,200}$/u, "a user name without a colon")
      .optional()
      .meta({ description: "User name, instead of a token.", fromEnvironment: true }),
    password: z.string().min(1).max(1000).optional().meta({ description: "Password of the user.", secret: true }),
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
  .refine((section) => section.token === undefined || section.password === undefined, {
    path: ["token"],
    message: "give either token or user and password",
  })
  .refine((section) => (section.user === undefined) === (section.password === undefined), {
    path: ["user"],
    message: "user and password belong together",
  })
  .meta({ description: "Push messages by ntfy." });

export type NtfySection = z.output<typeof ntfySchema>;

/** The channel's options; what `ca_file` holds and the clock are the caller's to add. */
export function ntfyOptions(section: NtfySection): Omit<NtfyChannelOptions, "clock" | "ca"> {
  const priority = parsePriority(section.priority);
  const { token, user, password } = section;
  return {
    server: parseServerUrl(section.server) ?? new URL("https://ntfy.sh"),
    topic: section.topic,
    ...(priority === undefined ? {} : { priority }),
    tags: section.tags,
    ...(section.click === undefined ? {} : { click: new URL(section.click) }),
    ...(token !== undefined
      ? { login: { kind: "token", token } }
      : user !== undefined && password !== undefined
        ? { login: { kind: "password", user, password } }
        : {}),
    timeoutMs: parseDuration(section.timeout) ?? 30_000,
  };
}

import { parseRecipient, recipientProblem } from "../../core/recipients.ts";
import type { MailServerSettings } from "../../notify/channels/mail/settings.ts";
import { ntfyOptions, ntfySchema, parsePriority } from "../../notify/channels/ntfy/channel.ts";
import type { NtfyChannelOptions } from "../../notify/channels/ntfy/ntfy-channel.ts";
import { topicPattern } from "../../notify/channels/ntfy/ntfy-channel.ts";
import { decodeSecret, withoutLineEnd } from "../secret-text.ts";
import type { EnvironmentValues } from "./environment-values.ts";
import type { VariableName } from "./variables.ts";

export interface PortwatcherMail {
  readonly server: MailServerSettings;
  /** One or more. */
  readonly recipients: readonly string[];
}

export interface PortwatcherPush {
  readonly options: Omit<NtfyChannelOptions, "clock" | "ca">;
  readonly topic: string;
}

const longestPassword = 10_000;

/**
 * How mail is sent; `undefined` for no mail. Mail is on by default, as in the earlier tool, but only if a server or a
 * recipient is given.
 * @param readFile the bytes of a file; it throws the system's error
 */
export function readMail(
  values: EnvironmentValues,
  readFile: (file: string) => Uint8Array,
): PortwatcherMail | undefined {
  if (!isWanted(values, "PW_ENABLE_EMAIL", ["PW_SMTP_SERVER", "PW_MAIL_TO"])) return undefined;
  const server = values.parsed("PW_SMTP_SERVER", oneWord, "the name or address of the mail server");
  const recipients = values.list("PW_MAIL_TO").flatMap((text) => {
    const address = parseRecipient(text);
    if (address !== undefined) return address;
    values.wrong("PW_MAIL_TO", text, `mail addresses, separated by commas: ${recipientProblem(text)}`);
    return [];
  });
  const credentials = readCredentials(values, readFile);
  const port = values.count("PW_SMTP_PORT", 1, 65_535);
  const startTls = values.flag("PW_SMTP_STARTTLS");
  const tls = port === 465 ? "implicit" : startTls ? "starttls" : "none";
  const login = credentials?.username ?? "";
  const fallback = login.includes("@") && parseRecipient(login) !== undefined ? login : (recipients[0] ?? "");
  const from = values.isSet("PW_MAIL_FROM") ? values.text("PW_MAIL_FROM") : fallback;
  if (parseRecipient(from) === undefined || /\p{Cc}/u.test(from)) {
    values.wrong("PW_MAIL_FROM", from, "a mail address, or Name <address>");
  }
  if (tls === "none" && credentials !== undefined && !/^(?:localhost|127\.[\d.]+|::1)$/.test(server ?? "")) {
    values.warnings.push("PW_SMTP_STARTTLS=0: the mail password crosses the network in the clear");
  }
  if (server === undefined) return undefined;
  return {
    server: {
      kind: "smtp",
      server,
      port,
      tls,
      // The earlier tool did not verify certificates: internal servers with self-signed ones keep working.
      verify: "unless-local",
      fromAddress: from,
      ...(credentials === undefined ? {} : { credentials }),
    },
    recipients: [...new Set(recipients)],
  };
}

/** How ntfy is reached; `undefined` for no push. */
export function readPush(values: EnvironmentValues): PortwatcherPush | undefined {
  if (!isWanted(values, "PW_ENABLE_PUSH", ["PW_NTFY_TOPIC"])) return undefined;
  const topic = values.text("PW_NTFY_TOPIC");
  // The topic works like a password, so the message does not repeat it.
  if (!topicPattern.test(topic)) values.problems.push("PW_NTFY_TOPIC: a topic is 1 to 64 letters, digits, - and _");
  const { shape } = ntfySchema;
  const server = values.parsed("PW_NTFY_SERVER", accepted(shape.server), "an address such as https://ntfy.sh");
  const priority = values.parsed("PW_NTFY_PRIORITY", parsePriority, "1 to 5, or min, low, default, high, max");
  const tags = values.list("PW_NTFY_TAGS");
  if (!shape.tags.safeParse(tags).success) {
    values.wrong("PW_NTFY_TAGS", tags.join(","), "up to 20 words, separated by commas");
    return undefined;
  }
  if (server === undefined || priority === undefined) return undefined;
  return { options: ntfyOptions({ server, topic, priority, tags, timeout: "30s" }), topic };
}

/** On, unless it was switched off or none of the needed variables is set. */
function isWanted(values: EnvironmentValues, name: VariableName, needed: readonly VariableName[]): boolean {
  if (!values.flag(name)) return false;
  const missing = needed.filter((variable) => !values.isSet(variable));
  if (!values.isSet(name) && missing.length === needed.length) return false;
  for (const variable of missing) values.problems.push(`${variable} is missing (or set ${name}=0)`);
  return missing.length === 0;
}

function readCredentials(
  values: EnvironmentValues,
  readFile: (file: string) => Uint8Array,
): { readonly username: string; readonly password: string } | undefined {
  const username = values.text("PW_SMTP_USER");
  const fromFile = values.isSet("PW_SMTP_PASS_FILE");
  const password = fromFile ? passwordFile(values, readFile) : values.text("PW_SMTP_PASS");
  if (fromFile && values.isSet("PW_SMTP_PASS")) {
    values.warnings.push("PW_SMTP_PASS_FILE and PW_SMTP_PASS are both set; the file counts");
  }
  if (username !== "" && password !== "") return { username, password };
  if (username !== "" && !fromFile)
    values.warnings.push("PW_SMTP_USER has no PW_SMTP_PASS: mail is sent without login");
  if (username === "" && password !== "") {
    values.warnings.push("the mail password has no PW_SMTP_USER: mail is sent without login");
  }
  return undefined;
}

function passwordFile(values: EnvironmentValues, readFile: (file: string) => Uint8Array): string {
  const file = values.text("PW_SMTP_PASS_FILE");
  let bytes: Uint8Array;
  try {
    bytes = readFile(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    values.wrong("PW_SMTP_PASS_FILE", file, `a file that can be read${code}`);
    return "";
  }
  const decoded = decodeSecret(bytes);
  const password = decoded.kind === "text" ? withoutLineEnd(decoded.text) : "";
  if (password !== "" && password.length <= longestPassword) return password;
  const reason = decoded.kind === "bad" ? `; it ${decoded.reason}` : password === "" ? "; it is empty" : "";
  values.wrong("PW_SMTP_PASS_FILE", file, `a file with a password${reason}`);
  return "";
}

function accepted(schema: { safeParse(text: string): { readonly success: boolean } }) {
  return (text: string) => (schema.safeParse(text).success ? text : undefined);
}

function oneWord(text: string): string | undefined {
  return /^[^\s\p{Cc}]{1,255}$/u.test(text) ? text : undefined;
}

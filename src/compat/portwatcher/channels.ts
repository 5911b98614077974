import { parseRecipient, recipientProblem } from "../../core/recipients.ts";
import { decodeSecret, withoutLineEnd } from "../../core/secret-text.ts";
import type { EnvironmentValues } from "./environment-values.ts";
import type { NtfyPriority, ValueRules } from "./value-rules.ts";
import type { VariableName } from "./variables.ts";

export interface PortwatcherMail {
  readonly server: MailServer;
  /** One or more. */
  readonly recipients: readonly string[];
}

/** As `daemon/` passes it to the mail channel. */
interface MailServer {
  readonly kind: "smtp";
  readonly server: string;
  readonly port: number;
  readonly tls: "implicit" | "starttls" | "none";
  readonly verify: "unless-local";
  readonly fromAddress: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}

export interface PortwatcherPush {
  readonly server: string;
  readonly topic: string;
  readonly priority: NtfyPriority;
  readonly tags: readonly string[];
}

const maxPasswordCharacters = 10_000;

/**
 * How mail is sent; `undefined` for no mail. Mail is on by default, as in the earlier tool, but only if a server or a
 * recipient is given.
 * @param readFile reads the bytes of a file; throws the system's error
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
    values.warnings.push("PW_SMTP_STARTTLS=0: the mail password is sent unencrypted");
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
export function readPush(values: EnvironmentValues, rules: ValueRules): PortwatcherPush | undefined {
  if (!isWanted(values, "PW_ENABLE_PUSH", ["PW_NTFY_TOPIC"])) return undefined;
  const topic = values.text("PW_NTFY_TOPIC");
  // The topic works like a password, so the message does not repeat it.
  if (!rules.isNtfyTopic(topic)) values.problems.push("PW_NTFY_TOPIC: a topic is 1 to 64 letters, digits, - and _");
  const server = values.parsed(
    "PW_NTFY_SERVER",
    (text) => (rules.isNtfyServer(text) ? text : undefined),
    "an address such as https://ntfy.sh",
  );
  const priority = values.parsed("PW_NTFY_PRIORITY", rules.ntfyPriority, "1 to 5, or min, low, default, high, max");
  const tags = values.list("PW_NTFY_TAGS");
  if (!rules.areNtfyTags(tags)) {
    values.wrong("PW_NTFY_TAGS", tags.join(","), "up to 20 words, separated by commas");
    return undefined;
  }
  return server === undefined || priority === undefined ? undefined : { server, topic, priority, tags };
}

/** On, unless it is off or none of the required variables is set. */
function isWanted(values: EnvironmentValues, name: VariableName, required: readonly VariableName[]): boolean {
  if (!values.flag(name)) return false;
  const missing = required.filter((variable) => !values.isSet(variable));
  if (!values.isSet(name) && missing.length === required.length) return false;
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
    values.warnings.push("PW_SMTP_PASS_FILE and PW_SMTP_PASS are both set; the file is used");
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
  if (password !== "" && password.length <= maxPasswordCharacters) return password;
  const reason = decoded.kind === "bad" ? `; it ${decoded.reason}` : password === "" ? "; it is empty" : "";
  values.wrong("PW_SMTP_PASS_FILE", file, `a file with a password${reason}`);
  return "";
}

function oneWord(text: string): string | undefined {
  return /^[^\s\p{Cc}]{1,255}$/u.test(text) ? text : undefined;
}

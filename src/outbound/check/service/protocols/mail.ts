import type { Greeting } from "../../../../wire/greeting/greeting.ts";
import { parse as parseGreeting, readReply } from "../../../../wire/greeting/parse.ts";
import { parseTextAnswer, type TextQuestion } from "../../../../wire/greeting/text-answers.ts";
import { imapId } from "../../../../wire/imap/server.ts";
import { mismatch, type Outcome } from "../../../../wire/outcome.ts";
import { pop3Capabilities } from "../../../../wire/pop3/server.ts";
import type { Conversation } from "../../../probe/conversation.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";
import { identityOf } from "./ssh.ts";

/** Parses the greeting of these protocols; `reply` is a greeting that may be SMTP's or FTP's. */
export function greetingOf(...protocols: readonly string[]): (bytes: Uint8Array) => Outcome<Greeting> {
  return (bytes) => {
    const outcome = parseGreeting(bytes);
    return outcome.kind !== "match" || protocols.includes(outcome.value.protocol) ? outcome : mismatch;
  };
}

/** The reply code of a server that accepts this client. */
export const ready = 220;

/**
 * Greeting and EHLO. Accepting mail from any client is the purpose of a mail server, so it is not an exposure; whether it relays
 * is known only after sending.
 */
export const smtp: ProtocolModule = {
  name: "smtp",
  title: "SMTP",
  ports: [25, 465, 587, 2525],
  tlsPorts: [465],
  speaksFirst: true,
  proves: "protected",
  async recognise(conversation) {
    const greeting = await conversation.receive(greetingOf("smtp", "reply"));
    if (greeting.kind !== "received") return undefined;
    const isSure = greeting.value.protocol === "smtp";
    if (greeting.value.code !== ready) {
      if (!isSure) return undefined;
      return { ...identityOf(greeting.value), judge: () => isProtected("refuses this client in its greeting") };
    }
    const hello = await conversation.ask("EHLO harbinger.invalid\r\n", readReply);
    conversation.send("QUIT\r\n");
    const reply = hello.kind === "received" ? hello.value : undefined;
    // FTP servers do not know EHLO: 500 or 502.
    if (!isSure && reply?.code !== 250 && reply?.code !== 530) return undefined;
    const extensions = reply?.code === 250 ? reply.lines.slice(1).map((line) => line.toUpperCase()) : [];
    const offersTls = extensions.includes("STARTTLS");
    const login = extensions.find((line) => /^AUTH[ =]/.test(line));
    return {
      ...identityOf({ ...greeting.value, protocol: "smtp" }),
      details: { startTls: offersTls, authentication: login?.slice(5) },
      judge() {
        if (reply !== undefined && [521, 530, 550, 554].includes(reply.code)) {
          return isProtected(`refuses this client: ${reply.code} ${reply.lines[0] ?? ""}`);
        }
        const encryption = offersTls ? "offers STARTTLS" : "does not offer STARTTLS";
        return inconclusive(
          `accepts mail, as intended; ${encryption}; whether it relays is known only after sending mail`,
        );
      },
    };
  },
};

/** LMTP (RFC 2033) greets like SMTP, and has LHLO instead of EHLO. */
export const lmtp: ProtocolModule = {
  name: "lmtp",
  title: "LMTP",
  ports: [24],
  speaksFirst: true,
  proves: "inconclusive",
  async recognise(conversation) {
    const greeting = await conversation.receive(greetingOf("smtp", "reply"));
    if (greeting.kind !== "received" || greeting.value.code !== ready) return undefined;
    const hello = await conversation.ask("LHLO harbinger.invalid\r\n", readReply);
    conversation.send("QUIT\r\n");
    if (hello.kind !== "received" || hello.value.code !== 250) return undefined;
    return {
      ...identityOf({ ...greeting.value, protocol: "lmtp" }),
      judge: () => inconclusive("accepts mail for its own users, as intended"),
    };
  },
};

export const pop3: ProtocolModule = {
  name: "pop3",
  title: "POP3",
  ports: [110, 995],
  tlsPorts: [995],
  speaksFirst: true,
  proves: "protected",
  async recognise(conversation) {
    const greeting = await conversation.receive(greetingOf("pop3"));
    if (greeting.kind !== "received") return undefined;
    const shown = greeting.value.version === undefined ? await ask(conversation, pop3Capabilities) : {};
    conversation.send("QUIT\r\n");
    return { ...identityOf({ ...greeting.value, ...shown }), judge: () => isProtected("requires a login") };
  },
};

export const imap: ProtocolModule = {
  name: "imap",
  title: "IMAP",
  ports: [143, 993],
  tlsPorts: [993],
  speaksFirst: true,
  proves: "exposed",
  async recognise(conversation) {
    const greeting = await conversation.receive(greetingOf("imap"));
    if (greeting.kind !== "received") return undefined;
    const shown = greeting.value.version === undefined ? await ask(conversation, imapId) : {};
    conversation.send("a LOGOUT\r\n");
    const preauthenticated = greeting.value.preauthenticated === true;
    return {
      ...identityOf({ ...greeting.value, ...shown }),
      judge: () => (preauthenticated ? exposed("greets as already logged in") : isProtected("requires a login")),
    };
  },
};

/** Product and version from an answer before the login. */
async function ask(
  conversation: Conversation,
  question: TextQuestion,
): Promise<{ readonly product?: string; readonly version?: string }> {
  const answer = await conversation.ask(question.ask, (bytes) => parseTextAnswer(question, bytes));
  if (answer.kind !== "received") return {};
  const { product, version } = answer.value;
  // Without undefined: the result is spread over the greeting.
  return { ...(product !== undefined && { product }), ...(version !== undefined && { version }) };
}

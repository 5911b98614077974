import { createHash } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer";
import type { Message } from "../../../../core/delivery.ts";
import { parseMailbox } from "../../../../core/recipients.ts";
import { mailSubject } from "../mail-subject.ts";

/** The bytes of a message, and its envelope (RFC 5321 section 2.3.1). */
export interface MailSource {
  readonly content: Buffer;
  readonly from: string;
  readonly to: string;
}

/**
 * Composes the mail: the same bytes on every attempt. `Auto-Submitted` prevents automatic replies (RFC 3834 section 5).
 * @param from an address, or `Name <address>`; the address may be a local user's name
 * @throws if `from` has no address: a mail without a sender is refused, or looks like a bounce
 */
export async function mailSource(message: Message, from: string, recipient: string): Promise<MailSource> {
  const sender = parseMailbox(from);
  if (sender === undefined) throw new Error("the sender is not a mail address");
  const node = new MailComposer({
    // As objects, which are not parsed again; a name without a domain is an address too.
    from: sender,
    to: { name: "", address: recipient },
    subject: mailSubject(message.subject),
    text: message.text,
    html: message.html,
    messageId: message.messageId,
    date: new Date(message.date),
    headers: {
      "Auto-Submitted": "auto-generated",
      "X-Mailer": "Harbinger",
      ...(message.urgency === "high" ? urgentHeaders : {}),
    },
    // Long lines stay whole: mail programs must not break or join the lines that a command printed.
    encoding: hasLongLine(message.text) ? "quoted-printable" : undefined,
    baseBoundary: createHash("sha256").update(message.messageId).digest("hex").slice(0, 24),
    newline: "win",
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const envelope = node.getEnvelope();
  return { content: await node.build(), from: envelope.from === false ? "" : envelope.from, to: envelope.to[0] ?? "" };
}

/** RFC 2156 section 5.3.6, and the header that other mail programs read. */
const urgentHeaders = { Importance: "high", "X-Priority": "1" };

function hasLongLine(text: string): boolean {
  return /.{77}/.test(text);
}

import { type Reply, readReply } from "../../../../wire/greeting/parse.ts";
import { type Conversation, converse, type Received } from "../../../probe/conversation.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";
import { greetingOf, ready } from "./mail.ts";
import { identityOf } from "./ssh.ts";

const announcement =
  /\b(?:anonymous|guest) (?:logins?|access|users?|ftp)\b.{0,20}\b(?:ok(?:ay)?|allowed|accepted|welcome|permitted)\b|\banonymous only\b|\be-?mail\b.{0,40}\bas\b.{0,20}\bpassword\b/i;
const refusal = /\b(?:no|not|non|never|without|refused?|den(?:y|ied)|disabled|disallowed|forbidden|private)\b/i;

/**
 * Whether a server announces anonymous access. "Password required for anonymous" only repeats the name, and
 * "no anonymous login allowed" means the opposite.
 */
function announcesAnonymous(text: string): boolean {
  return announcement.test(text) && !refusal.test(text);
}

async function sendAnonymous(conversation: Conversation): Promise<Received<Reply>> {
  const user = await conversation.ask("USER anonymous\r\n", readReply);
  conversation.send("QUIT\r\n");
  return user;
}

function requiresEncryption({ code, lines }: Reply): boolean {
  return code >= 400 && /\b(?:encrypt|tls|ssl|secure)/i.test(lines.join(" "));
}

async function converseByTls({ host, port, deadline }: Conversation): Promise<Conversation | undefined> {
  const opened = await converse({ host, port }, deadline, { tls: true, startTls: "ftp" });
  return opened.kind === "open" ? opened.conversation : undefined;
}

/**
 * FTP is exposed where the server announces anonymous access in its greeting, or accepts the name `anonymous` without a
 * password. No password is ever sent.
 */
export const ftp: ProtocolModule = {
  name: "ftp",
  title: "FTP",
  ports: [21, 990, 2121],
  tlsPorts: [990],
  speaksFirst: true,
  proves: "exposed",
  async recognise(conversation) {
    const greeting = await conversation.receive(greetingOf("ftp", "reply"));
    if (greeting.kind !== "received") return undefined;
    const { value } = greeting;
    if (value.code !== ready) {
      if (value.protocol !== "ftp") return undefined;
      return { ...identityOf(value), judge: () => isProtected("refuses this client in its greeting") };
    }
    if (value.protocol === "reply") {
      // SMTP or FTP: only FTP has FEAT (RFC 2389).
      const features = await conversation.ask("FEAT\r\n", readReply);
      const code = features.kind === "received" ? features.value.code : 0;
      if (code !== 211 && code !== 530) return undefined;
    }
    return {
      ...identityOf({ ...value, protocol: "ftp" }),
      async judge() {
        if (announcesAnonymous(value.text)) return exposed("announces anonymous access");
        let user = await sendAnonymous(conversation);
        if (user.kind === "received" && requiresEncryption(user.value)) {
          // Some servers require TLS before USER.
          using encrypted = await converseByTls(conversation);
          if (encrypted !== undefined) user = await sendAnonymous(encrypted);
        }
        if (user.kind !== "received") return inconclusive("did not answer the name anonymous");
        const { code, lines } = user.value;
        const text = lines.join(" ");
        if (code === 230) return exposed("lets the name anonymous in without a password");
        if (code === 331 && announcesAnonymous(text)) return exposed(`announces anonymous access: ${text}`);
        if (code === 331) return inconclusive("accepts the name anonymous and requires a password, which is not tried");
        return code >= 400
          ? isProtected(`refuses the name anonymous: ${code} ${text}`)
          : inconclusive(`answers ${code}`);
      },
    };
  },
};

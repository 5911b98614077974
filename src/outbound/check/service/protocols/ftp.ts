import { type Reply, readReply } from "../../../../wire/greeting/parse.ts";
import { type Conversation, converse, type Heard } from "../../../probe/conversation.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";
import { greetingOf, ready } from "./mail.ts";
import { identityOf } from "./ssh.ts";

const guests =
  /\b(?:anonymous|guest) (?:logins?|access|users?|ftp)\b.{0,20}\b(?:ok(?:ay)?|allowed|accepted|welcome|permitted)\b|\banonymous only\b|\be-?mail\b.{0,40}\bas\b.{0,20}\bpassword\b/i;
const refusal = /\b(?:no|not|non|never|without|refused?|den(?:y|ied)|disabled|disallowed|forbidden|private)\b/i;

/**
 * Whether a server says that it lets guests in. "Password required for anonymous" repeats a name and announces nothing, and
 * "no anonymous login allowed" says the contrary.
 */
function announcesGuests(text: string): boolean {
  return guests.test(text) && !refusal.test(text);
}

async function nameGuest(conversation: Conversation): Promise<Heard<Reply>> {
  const user = await conversation.ask("USER anonymous\r\n", readReply);
  conversation.say("QUIT\r\n");
  return user;
}

function wantsEncryption({ code, lines }: Reply): boolean {
  return code >= 400 && /\b(?:encrypt|tls|ssl|secure)/i.test(lines.join(" "));
}

async function converseByTls({ host, port, deadline }: Conversation): Promise<Conversation | undefined> {
  const opened = await converse({ host, port }, deadline, { tls: true, startTls: "ftp" });
  return opened.kind === "open" ? opened.conversation : undefined;
}

/**
 * FTP with anonymous login announced: in the greeting, or by letting the name `anonymous` in without asking for a
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
    const greeting = await conversation.hear(greetingOf("ftp", "reply"));
    if (greeting.kind !== "heard") return undefined;
    const { value } = greeting;
    if (value.code !== ready) {
      if (value.protocol !== "ftp") return undefined;
      return { ...identityOf(value), judge: () => isProtected("refuses this client in its greeting") };
    }
    if (value.protocol === "reply") {
      // Which of the two it is shows in what it knows: FEAT (RFC 2389) is FTP's alone.
      const features = await conversation.ask("FEAT\r\n", readReply);
      const code = features.kind === "heard" ? features.value.code : 0;
      if (code !== 211 && code !== 530) return undefined;
    }
    return {
      ...identityOf({ ...value, protocol: "ftp" }),
      async judge() {
        if (announcesGuests(value.text)) return exposed("announces anonymous access");
        let user = await nameGuest(conversation);
        if (user.kind === "heard" && wantsEncryption(user.value)) {
          // Some hang up on a client that speaks in the open.
          using encrypted = await converseByTls(conversation);
          if (encrypted !== undefined) user = await nameGuest(encrypted);
        }
        if (user.kind !== "heard") return inconclusive("did not answer the name anonymous");
        const { code, lines } = user.value;
        const text = lines.join(" ");
        if (code === 230) return exposed("lets the name anonymous in without a password");
        if (code === 331 && announcesGuests(text)) return exposed(`announces anonymous access: ${text}`);
        if (code === 331) return inconclusive("accepts the name anonymous and requires a password, which is not tried");
        return code >= 400
          ? isProtected(`refuses the name anonymous: ${code} ${text}`)
          : inconclusive(`answers ${code}`);
      },
    };
  },
};

import type { ChannelDefinition } from "../../channel-definition.ts";
import { diagnoseMail } from "./diagnose.ts";
import { emailFindings } from "./findings.ts";
import { LocalMailChannel } from "./local/local-mail-channel.ts";
import { mailServer, mailTokens } from "./mail-server.ts";
import { type EmailSection, emailSchema } from "./schema.ts";
import { completeEmail, emailSettings } from "./settings.ts";

/** Mail by a mail server, or by a mail command of this machine. */
export const mailChannel: ChannelDefinition<EmailSection> = {
  name: "mail",
  path: ["email"],
  hasEntries: false,
  schema: emailSchema,
  sample: "email: { smtp_server: smtp.example.org, from_address: harbinger@example.org }",
  recipients: "email",
  form: { kind: "text-and-html" },
  completed: completeEmail,
  findings: emailFindings,
  diagnose: diagnoseMail,
  create(section, parts) {
    const settings = emailSettings(section, parts.hostName);
    if (settings.kind === "local") return new LocalMailChannel({ command: settings.command });
    return mailServer(settings, { ca: parts.ca, tokens: mailTokens(settings, parts) });
  },
};

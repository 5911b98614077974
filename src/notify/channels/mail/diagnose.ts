import type { Diagnosis } from "../../../core/diagnosis.ts";
import { findProgram } from "../../../platform/programs.ts";
import type { ChannelParts } from "../../channel-definition.ts";
import { mailServer, mailTokens } from "./mail-server.ts";
import type { EmailSection } from "./schema.ts";
import { emailSettings } from "./settings.ts";
import { describeToken } from "./smtp/oauth2/access-tokens.ts";

const subject = "mail";

/** Whether the mail command exists, or the mail server accepts the login. No mail is sent. */
export async function* diagnoseMail(
  section: EmailSection,
  parts: ChannelParts,
  signal: AbortSignal,
): AsyncGenerator<Diagnosis> {
  const settings = emailSettings(section, parts.hostName);
  if (settings.kind === "local") {
    yield mailCommand(settings.command);
    return;
  }
  const tokens = mailTokens(settings, parts);
  if (tokens !== undefined) {
    const fetched = await tokens.current(signal);
    if (fetched.kind === "failed") {
      const remedy = "Mail waits until this is fixed.";
      yield { state: "bad", subject: "mail token", finding: fetched.reason, remedy };
      return;
    }
    const { token } = fetched;
    const state = token.warning === undefined ? "ok" : "warning";
    yield { state, subject: "mail token", finding: describeToken(token, tokens.issuer) };
  }
  const outcome = await mailServer(settings, { ca: parts.ca, tokens }).testLogin(signal);
  if (outcome.kind === "delivered") {
    const hasLogin = settings.credentials !== undefined || tokens !== undefined;
    const finding = `${settings.server}:${settings.port} answers${hasLogin ? " and accepts the login" : ""}`;
    yield { state: "ok", subject, finding };
  } else {
    yield { state: "bad", subject, finding: outcome.reason, remedy: "harbinger notify test sends a real message." };
  }
}

function mailCommand(command: string): Diagnosis {
  const word = command.trim().split(/\s+/)[0] ?? "";
  const program = findProgram(word);
  if (program !== undefined) return { state: "ok", subject, finding: program };
  const remedy = "Install it, or set email.mail_command.";
  return { state: "bad", subject, finding: `program ${word} not found`, remedy };
}

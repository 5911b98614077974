import { parseRecipient, recipientProblem, splitList } from "../../../core/recipients.ts";
import type { AddressList, SectionFinding } from "../../channel-definition.ts";
import { isLocalRecipient } from "./local/local-mail-channel.ts";
import type { EmailSection } from "./schema.ts";
import { isDisplayName } from "./settings.ts";

/** Errors and probable mistakes in sender, login and recipients. */
export function emailFindings(section: EmailSection, lists: readonly AddressList[]): readonly SectionFinding[] {
  return [...senderFindings(section), ...loginFindings(section), ...recipientFindings(section, lists)];
}

function senderFindings({ from_address: sender, use_local_mail: isLocal }: EmailSection): readonly SectionFinding[] {
  if (sender === undefined) return [];
  const place = { path: ["email", "from_address"], what: "value" } as const;
  if (isDisplayName(sender)) {
    const remedy = `write ${JSON.stringify(`${sender.trim()} <name@example.org>`)}`;
    const message = `has no mail address, so it is used as the display name of the default sender; ${remedy}`;
    return [{ ...place, severity: "warning", message }];
  }
  const problem = recipientProblem(sender);
  if (problem !== undefined) return [{ ...place, severity: "error", message: `not a mail address: ${problem}` }];
  const address = parseRecipient(sender);
  if (address === undefined || address.includes("@") || isLocal) return [];
  const message = `${JSON.stringify(address)} has no @ and no domain; many mail servers refuse it: write name@example.org`;
  return [{ ...place, severity: "warning", message }];
}

function loginFindings(email: EmailSection): readonly SectionFinding[] {
  // The schema reports mistakes with OAuth 2.
  if (email.use_local_mail || email.oauth2 !== undefined) return [];
  const warning = (key: string, message: string): readonly SectionFinding[] => [
    { severity: "warning", path: ["email", key], what: "key", message },
  ];
  if (email.username !== undefined && email.password === undefined) {
    const sources = "password, password_file or HARBINGER_EMAIL_PASSWORD";
    return warning("username", `there is no password (${sources}), so there will be no login`);
  }
  if (email.username === undefined) {
    return email.password === undefined ? [] : warning("password", "there is no username, so there will be no login");
  }
  const isPlain = email.use_tls === false && Number(email.smtp_port) !== 465;
  if (email.tls === "none" || email.tls === "opportunistic" || isPlain) {
    return warning(email.tls === undefined ? "use_tls" : "tls", "the password may cross the network unprotected");
  }
  return [];
}

/**
 * For a mail command: recipients that it would read as an option, a file or a program. For a mail server: recipients without a
 * domain, which few servers accept.
 */
function recipientFindings({ use_local_mail: isLocal }: EmailSection, lists: readonly AddressList[]): SectionFinding[] {
  return lists.flatMap(({ path, given }) =>
    splitList(given).flatMap((text): SectionFinding[] => {
      const address = parseRecipient(text);
      if (address === undefined) return [];
      const quoted = JSON.stringify(address);
      if (isLocal) {
        if (isLocalRecipient(address)) return [];
        const message = `${quoted} cannot be passed to a mail command, which would read it as an option, a file or a program; use smtp_server, or another address`;
        return [{ severity: "error", path, what: "value", message }];
      }
      if (address.includes("@")) return [];
      const message = `${quoted} has no @ and no domain; most mail servers refuse it: write name@example.org`;
      return [{ severity: "warning", path, what: "value", message }];
    }),
  );
}

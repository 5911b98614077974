import { parseRecipient, recipientProblem, splitList } from "../core/recipients.ts";
import { isLocalRecipient } from "../notify/channels/local-mail/local-mail-channel.ts";
import { isNameAlone } from "../notify/schema.ts";
import { eachWatch } from "./check-names.ts";
import type { Finding } from "./issues.ts";
import type { Sections } from "./sections.ts";

/** A sender that no mail server takes. A name alone is completed, see `senderNeedsAddress`. */
export function wrongSender({ named: { email } }: Sections): Finding[] {
  const sender = email?.from_address;
  if (sender === undefined || isNameAlone(sender)) return [];
  const problem = recipientProblem(sender);
  return problem === undefined ? [] : [{ ...atSender, message: `not a mail address: ${problem}` }];
}

const atSender = { path: ["email", "from_address"], what: "value" } as const;

/** A sender that is used, but not as it was probably meant. */
export function senderNeedsAddress({ named: { email } }: Sections): Finding[] {
  const sender = email?.from_address;
  if (sender === undefined) return [];
  if (isNameAlone(sender)) {
    const remedy = `write ${JSON.stringify(`${sender.trim()} <name@example.org>`)}`;
    return [{ ...atSender, message: `has no mail address, so it is the name of the default sender; ${remedy}` }];
  }
  const address = parseRecipient(sender);
  if (address === undefined || address.includes("@") || email?.use_local_mail === true) return [];
  const message = `${JSON.stringify(address)} has no @ and no domain; many mail servers refuse it: write name@example.org`;
  return [{ ...atSender, message }];
}

/** Recipients whom a mail command would take for an option, a file or a program. */
export function wrongLocalRecipients(sections: Sections): Finding[] {
  if (sections.named.email?.use_local_mail !== true) return [];
  return mailLists(sections).flatMap(({ path, given }) =>
    splitList(given).flatMap((text): Finding[] => {
      const address = parseRecipient(text);
      if (address === undefined || isLocalRecipient(address)) return [];
      const message = `${JSON.stringify(address)} cannot be given to a mail command, which takes it for an option, a file or a program; use smtp_server, or another address`;
      return [{ path, what: "value", message }];
    }),
  );
}

function mailLists(
  sections: Sections,
): { readonly path: PropertyKey[]; readonly given: string | string[] | undefined }[] {
  return [
    ...eachWatch(sections).map(({ path, section }) => ({ path: [...path, "email"], given: section.email })),
    { path: ["alerts", "email"], given: sections.named.alerts.email },
  ];
}

/** Recipients without a domain: a local user is one for the mail command, and seldom for a mail server. */
export function recipientsWithoutDomain(sections: Sections): Finding[] {
  if (sections.named.email?.use_local_mail === true) return [];
  return mailLists(sections).flatMap(({ path, given }) =>
    splitList(given).flatMap((text): Finding[] => {
      const address = parseRecipient(text);
      if (address === undefined || address.includes("@")) return [];
      const message = `${JSON.stringify(address)} has no @ and no domain; most mail servers refuse it: write name@example.org`;
      return [{ path, what: "value", message }];
    }),
  );
}

import { parseRecipient, recipientProblem, splitList } from "../core/recipients.ts";
import { eachWatch } from "./check-names.ts";
import type { Finding } from "./issues.ts";
import type { Sections } from "./sections.ts";

/** A sender that no mail server takes. */
export function wrongSender({ named: { email } }: Sections): Finding[] {
  const problem = email?.from_address === undefined ? undefined : recipientProblem(email.from_address);
  if (problem === undefined) return [];
  return [{ path: ["email", "from_address"], what: "value", message: `not a mail address: ${problem}` }];
}

/** Recipients without a domain: a local user is one for the mail command, and seldom for a mail server. */
export function recipientsWithoutDomain(sections: Sections): Finding[] {
  const { email, alerts } = sections.named;
  if (email?.use_local_mail === true) return [];
  const lists = [
    ...eachWatch(sections).map(({ path, section }) => ({ path: [...path, "email"], given: section.email })),
    { path: ["alerts", "email"], given: alerts.email },
  ];
  return lists.flatMap(({ path, given }) =>
    splitList(given).flatMap((text): Finding[] => {
      const address = parseRecipient(text);
      if (address === undefined || address.includes("@")) return [];
      const message = `${JSON.stringify(address)} has no @ and no domain; most mail servers refuse it: write name@example.org`;
      return [{ path, what: "value", message }];
    }),
  );
}

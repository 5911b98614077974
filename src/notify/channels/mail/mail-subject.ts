import { safeText } from "../../../core/safe-text.ts";

/** A line of a mail holds 998 octets (RFC 5322 section 2.1.1), and one long word cannot be folded. */
const maxSubjectCharacters = 300;

/**
 * The subject as it is sent: one safe line of bounded length. Text that looks like an encoded word (RFC 2047) is
 * broken up, because a mail program would decode it into characters that were not made safe.
 */
export function mailSubject(subject: string): string {
  return safeText(subject, { limit: maxSubjectCharacters }).replaceAll("=?", "= ?");
}

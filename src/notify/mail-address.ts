import { safeText } from "../core/safe-text.ts";

/** RFC 5321 section 4.5.3.1: 64 octets, `@`, 255 octets. */
const longestAddress = 320;

/**
 * Whether `recipient` is one address that can stand in an envelope and a header: `user@host`, or a bare `user` for a
 * server that knows its own users. Quoted local parts are not taken.
 */
export function isMailAddress(recipient: string): boolean {
  if (recipient.length > longestAddress || safeText(recipient) !== recipient) return false;
  return /^[^\s@<>()[\]\\,;:"]+(?:@(?:[^\s@<>()[\]\\,;:"]+|\[[0-9a-fA-F.:IPv]+\]))?$/.test(recipient);
}

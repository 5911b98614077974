import { shortText } from "../text/short-text.ts";

/**
 * The name of what is exposed: of `Redis 7.0.15: answers INFO without a password` it is `Redis`.
 * @returns safe text; `undefined` if the text does not begin with a name of at most 60 characters
 */
export function exposedName(detail: string): string | undefined {
  const head = detail.slice(0, 200);
  const end = head.indexOf(": ");
  if (end <= 0) return undefined;
  const words = head.slice(0, end).split(" ");
  const version = words.findIndex((word, index) => index > 0 && /^v?\d/.test(word));
  const name = (version < 0 ? words : words.slice(0, version)).join(" ");
  if (name === "" || name.length > 60) return undefined;
  return shortText(name.charAt(0).toUpperCase() + name.slice(1), 60);
}

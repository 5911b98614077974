import { safeText } from "../core/safe-text.ts";

/** Longer than any path or user agent that means something; an identification is kept for every connection. */
const maximumCharacters = 2048;
const maximumListed = 64;
const plain = /^[ -~]*$/;

/**
 * Makes every text in what a protocol tells safe to show and bounded, in place, so that nobody downstream can forget it.
 * Descriptions are plain objects that were just made: one object a protocol, a nested one at most inside.
 */
export function makeSafe<Described extends object>(description: Described): Described {
  // Object.entries would make an array of each pair.
  for (const key of Object.keys(description)) {
    const value: unknown = Reflect.get(description, key);
    if (typeof value === "string") {
      if (!isSafe(value)) Reflect.set(description, key, safeText(value, { limit: maximumCharacters }));
    } else if (Array.isArray(value)) {
      Reflect.set(description, key, value.slice(0, maximumListed).map(safeElement));
    } else if (typeof value === "object" && value !== null) {
      makeSafe(value);
    }
  }
  return description;
}

function safeElement(element: unknown): unknown {
  return typeof element === "string" && !isSafe(element) ? safeText(element, { limit: maximumCharacters }) : element;
}

function isSafe(text: string): boolean {
  return text.length <= maximumCharacters && plain.test(text);
}

import type { Descriptions, Details, ProtocolName, SpecificDescriptions } from "../core/identification.ts";
import { safeText } from "../core/safe-text.ts";

/** As {@link Descriptions}, with facts that may be `undefined`. */
export type Described = SpecificDescriptions & {
  readonly [Name in Exclude<ProtocolName, keyof SpecificDescriptions>]?: {
    readonly [fact: string]: Details[string] | undefined;
  };
};

/** Longer than any meaningful path or user agent; an identification is stored for every connection. */
const maxCharacters = 2048;
const maxListed = 64;
const plain = /^[ -~]*$/;

/** A copy without the facts that are not known, in which every text is bounded and safe for display. */
export function safeDescription(described: Described): Descriptions {
  const safe: Descriptions = {};
  for (const name of Object.keys(described)) {
    const facts: unknown = Reflect.get(described, name);
    if (typeof facts === "object" && facts !== null) Reflect.set(safe, name, safeFacts(facts));
  }
  return safe;
}

function safeFacts(facts: object): object {
  const safe: Record<string, unknown> = {};
  // Object.entries would make an array of each pair.
  for (const name of Object.keys(facts)) {
    const value: unknown = Reflect.get(facts, name);
    if (value !== undefined) safe[name] = safeValue(value);
  }
  return safe;
}

function safeValue(value: unknown): unknown {
  if (typeof value === "string") return isSafe(value) ? value : safeText(value, { limit: maxCharacters });
  if (Array.isArray(value)) return value.slice(0, maxListed).map(safeElement);
  return typeof value === "object" && value !== null ? safeFacts(value) : value;
}

function safeElement(element: unknown): unknown {
  return typeof element === "string" && !isSafe(element) ? safeText(element, { limit: maxCharacters }) : element;
}

function isSafe(text: string): boolean {
  return text.length <= maxCharacters && plain.test(text);
}

import type { Identification } from "./identification.ts";

/** The facts of a protocol as names and texts: `["ident", "SSH-2.0-Go"]`. Empty for one without facts. */
export function protocolFacts(identification: Identification): readonly (readonly [name: string, text: string])[] {
  const { protocol } = identification;
  if (protocol === "none" || protocol === "unknown") return [];
  const described: unknown = Reflect.get(identification, protocol);
  if (typeof described !== "object" || described === null) return [];
  return Object.entries(described)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, textOf(value)] as const);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(",");
  if (typeof value !== "object" || value === null) return String(value);
  const parts = Object.entries(value).map(([name, part]) => `${name}=${textOf(part)}`);
  return `{${parts.join(" ")}}`;
}

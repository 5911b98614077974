import type { Origin } from "../../core/connection.ts";
import { safeText } from "../../core/safe-text.ts";

const textFields = [
  "countryCode",
  "country",
  "region",
  "city",
  "organization",
  "provider",
  "hostname",
  "placeSource",
] as const;
const numberFields = ["latitude", "longitude", "asn"] as const;

/** A host name has 253 characters at most; nothing here is longer for a good reason. */
const fieldLimit = 255;

/** An origin as the database keeps it: JSON, with the text of strangers made safe. */
export function formatOrigin(origin: Origin): string {
  const kept: Record<string, string | number | boolean> = {};
  for (const field of textFields) {
    const text = origin[field];
    if (text !== undefined) kept[field] = safeText(text, { limit: fieldLimit });
  }
  for (const field of numberFields) {
    const number = origin[field];
    if (number !== undefined) kept[field] = number;
  }
  if (origin.hostnameConfirmed !== undefined) kept["hostnameConfirmed"] = origin.hostnameConfirmed;
  return JSON.stringify(kept);
}

/** What {@link formatOrigin} wrote; whatever cannot be read is left out. */
export function parseOrigin(text: string): Origin {
  const origin: { -readonly [Field in keyof Origin]: Origin[Field] } = {};
  const fields = readFields(text);
  for (const field of textFields) {
    const value = fields.get(field);
    if (typeof value === "string") origin[field] = value;
  }
  for (const field of numberFields) {
    const value = fields.get(field);
    if (typeof value === "number") origin[field] = value;
  }
  const isConfirmed = fields.get("hostnameConfirmed");
  if (typeof isConfirmed === "boolean") origin.hostnameConfirmed = isConfirmed;
  return origin;
}

function readFields(text: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  } catch {
    return new Map();
  }
}

import type { Details, Identification } from "../../core/identification.ts";
import { safeText } from "../../core/safe-text.ts";
import { latin1, utf8 } from "../../wire/reader.ts";
import type { Secret } from "../../wire/secret.ts";

/** Limits of the search: shorter secrets are part of many words. */
const minCharacters = 4;
const maxCharacters = 256;
const maxSecrets = 64;

/**
 * Cuts each fact where a secret begins, if something precedes it, as in the user `bob PASS x`. A fact that equals the
 * secret stays: some users are named like their password.
 */
export function withoutSecretFacts(
  identification: Identification,
  payload: Uint8Array,
  secrets: readonly Secret[],
): Identification {
  const { protocol } = identification;
  const details = detailsOf(identification[protocol as keyof Identification]);
  if (details === undefined || protocol === "http") return identification;
  const words = secrets.slice(0, maxSecrets).flatMap(({ start, end }) => wordOf(payload.subarray(start, end)));
  if (words.length === 0) return identification;
  const shown = Object.entries(details).map(([name, value]) => [
    name,
    typeof value === "string"
      ? cut(value, words)
      : Array.isArray(value)
        ? value.map((text) => cut(text, words))
        : value,
  ]);
  return { ...identification, [protocol]: Object.fromEntries(shown) };
}

function detailsOf(value: unknown): Details | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Details) : undefined;
}

function wordOf(bytes: Uint8Array): readonly string[] {
  if (bytes.length < minCharacters || bytes.length > maxCharacters) return [];
  return [safeText(utf8(bytes) ?? latin1(bytes)).toLowerCase()];
}

function cut(text: unknown, words: readonly string[]): unknown {
  if (typeof text !== "string") return text;
  let shown = text;
  for (const word of words) {
    const at = shown.toLowerCase().indexOf(word, 1);
    if (at > 0 && !/\w/.test(shown.charAt(at - 1))) shown = shown.slice(0, at).trimEnd();
  }
  return shown;
}

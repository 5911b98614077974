import type { Details, Identification } from "../../core/identification.ts";
import { safeText } from "../../core/safe-text.ts";
import { latin1, utf8 } from "../../wire/reader.ts";
import type { Secret } from "../../wire/secret.ts";

/** Shorter secrets are not searched for: they occur in ordinary words. */
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
  return [foldCase(safeText(utf8(bytes) ?? latin1(bytes)))];
}

/** Lower case, with the length kept, so that positions stay valid: `İ` alone would become two characters. */
function foldCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (character) => {
    const folded = character.toLowerCase();
    return folded.length === character.length ? folded : character;
  }).join("");
}

function cut(text: unknown, words: readonly string[]): unknown {
  if (typeof text !== "string") return text;
  const lower = foldCase(text);
  let end = text.length;
  for (const word of words) {
    let at = lower.indexOf(word, 1);
    while (at > 0 && at < end && /\w/.test(text.charAt(at - 1))) at = lower.indexOf(word, at + 1);
    if (at > 0 && at < end) end = at;
  }
  return end === text.length ? text : text.slice(0, end).trimEnd();
}

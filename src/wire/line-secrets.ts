import { linesOf, type Piece, readable, splitCommand } from "./dialogue/transcript.ts";
import type { Secret, SecretFinder } from "./secret.ts";

/** A finder for line-based protocols. `secretOf` returns the secret part of a line; `verb` is its first word in upper case. */
export function secretsOfLines(
  secretOf: (verb: string, argument: Piece, line: Piece) => Piece | undefined,
): SecretFinder {
  return (bytes) => {
    const secrets: Secret[] = [];
    for (const line of linesOf(bytes)) {
      const { verb, argument } = splitCommand(line);
      const secret = secretOf(verb, argument, line);
      if (secret !== undefined && secret.end > secret.start) {
        secrets.push({ start: secret.start, end: secret.end, text: readable(secret.text) });
      }
    }
    return secrets;
  };
}

/** The part of `piece` that `pattern` captures. The group must be at the end of the match. */
export function captured(piece: Piece, pattern: RegExp): Piece | undefined {
  const found = pattern.exec(piece.text);
  const text = found?.[1];
  if (found === null || text === undefined) return undefined;
  const end = piece.start + found.index + found[0].length;
  return { start: end - text.length, end, text };
}

/**
 * Hides the values of passwords, tokens and similar secrets in untrusted text, in linear time: no pattern here can start at many
 * places and run far from each.
 */

/** Keys, or parts of keys, of JSON, forms, YAML or headers whose values do not belong in a report. */
const secretWord =
  /passw(?:or)?d|secret|token|api[_-]?key|credential|authorization|private[_-]?key|access[_-]?key|session[_-]?id|cookie/gi;
/** The rest of the key. */
const restOfKey = /[\w.-]*/y;
/** Between a key and its value. */
const assignment = /["']?\s*[:=]\s*/y;
const value = /"[^"]*"?|'[^']*'?|[^\s,;&}]+/y;

/** `user:password@` in a URL: from `://` on, because the scheme before it has no length limit. */
const credentials = /(:\/\/[^\s:/@]{0,64}:)[^\s@/]{1,128}@/g;
const bearer = /\b(Bearer|Basic)\s+[A-Za-z0-9+/_.=-]{8,}/g;

export function redactSecrets(text: string): string {
  return redactValues(text.replace(bearer, "$1 ***")).replace(credentials, "$1***@");
}

function redactValues(text: string): string {
  let shown = "";
  let from = 0;
  secretWord.lastIndex = 0;
  for (let word = secretWord.exec(text); word !== null; word = secretWord.exec(text)) {
    const key = endOf(restOfKey, text, secretWord.lastIndex) ?? secretWord.lastIndex;
    const start = endOf(assignment, text, key);
    const end = start === undefined ? undefined : endOf(value, text, start);
    if (start !== undefined && end !== undefined) {
      shown += `${text.slice(from, start)}***`;
      from = end;
    }
    // Another such word within the same key would give the same result.
    secretWord.lastIndex = end ?? key;
  }
  return shown + text.slice(from);
}

/** Where `pattern`, which is sticky, ends when it begins at `start`. */
function endOf(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

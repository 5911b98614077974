import { linesOf, type Piece, readable, splitWord } from "../dialogue/transcript.ts";
import { latin1 } from "../reader.ts";
import type { Secret } from "../secret.ts";

const maxCommands = 256;

/** The passwords of AUTH, HELLO, CONFIG SET, ACL SETUSER and MIGRATE. */
export function redisSecrets(bytes: Uint8Array): readonly Secret[] {
  const secrets: Secret[] = [];
  for (const words of commandsIn(bytes)) {
    for (const { start, end, text } of secretsAmong(words)) {
      if (end > start) secrets.push({ start, end, text: readable(text) });
    }
  }
  return secrets;
}

/** Inline commands may come before and after arrays. */
function* commandsIn(bytes: Uint8Array): Generator<readonly Piece[]> {
  yield* wordsOfLines(bytes);
  yield* arraysOf(bytes);
}

const secretSettings: ReadonlySet<string> = new Set([
  "requirepass",
  "masterauth",
  "tls-key-file-pass",
  "tls-client-key-file-pass",
]);

function isSecretSetting(word: Piece | undefined): boolean {
  return word !== undefined && secretSettings.has(word.text.toLowerCase());
}

function secretsAmong(words: readonly Piece[]): readonly Piece[] {
  const [command, first] = words.map(({ text }) => text.toLowerCase());
  switch (command) {
    case "auth":
      return words.slice(words.length > 2 ? 2 : 1);
    case "config":
      // Since Redis 7 one command may contain several settings.
      return first === "set" ? words.filter((_, at) => at > 2 && at % 2 === 1 && isSecretSetting(words[at - 1])) : [];
    case "acl":
      return first === "setuser" ? words.slice(3).filter(({ text }) => /^[><#!]/.test(text)) : [];
    case "hello":
    case "migrate": {
      const auth = words.findIndex(({ text }, at) => at > 1 && /^auth2?$/i.test(text));
      if (auth === -1) return [];
      const hasUser = command === "hello" || words[auth]?.text.toLowerCase() === "auth2";
      return words.slice(auth + (hasUser ? 2 : 1), auth + (hasUser ? 3 : 2));
    }
    default:
      return [];
  }
}

function* wordsOfLines(bytes: Uint8Array): Generator<readonly Piece[]> {
  for (const line of linesOf(bytes)) {
    const words: Piece[] = [];
    let rest: Piece = line;
    while (rest.text !== "" && words.length < 32) {
      const [word, more] = splitWord(rest);
      words.push(word);
      rest = more;
    }
    yield words;
  }
}

/** Arrays of bulk strings; the last string may be cut. */
function* arraysOf(bytes: Uint8Array): Generator<readonly Piece[]> {
  let at = 0;
  const number = (marker: number): number | undefined => {
    const lineFeed = bytes.indexOf(0x0a, at);
    if (bytes[at] !== marker || lineFeed === -1 || lineFeed - at > 12) return undefined;
    const value = Number.parseInt(latin1(bytes, at + 1, lineFeed), 10);
    at = lineFeed + 1;
    return Number.isInteger(value) && value >= 0 ? value : undefined;
  };
  for (let commands = 0; commands < maxCommands && at < bytes.length; commands++) {
    const count = number(0x2a);
    if (count === undefined) {
      // An inline command or something else: the next array starts on a new line.
      const lineFeed = bytes.indexOf(0x0a, at);
      if (lineFeed === -1) return;
      at = lineFeed + 1;
      continue;
    }
    const words: Piece[] = [];
    for (let word = 0; word < count; word++) {
      const length = number(0x24);
      if (length === undefined) break;
      const end = Math.min(bytes.length, at + length);
      if (words.length < 32) words.push({ start: at, end, text: latin1(bytes, at, end) });
      at = end + 2;
      if (at > bytes.length) break;
    }
    yield words;
  }
}

import type { TypedSecret } from "../typed-secrets.ts";
import { type ImapRequest, maxWords, readImapCommand } from "./imap-command.ts";
import { answerStep, type SaslReplies } from "./lines.ts";
import { noteMechanism, SaslExchange } from "./sasl.ts";
import { commandLinesOf, type Dialogue, type Piece, readable, skipLineEnds, Transcript } from "./transcript.ts";

const commands: ReadonlySet<string> = new Set([
  ..."APPEND AUTHENTICATE CAPABILITY CHECK CLOSE COMPRESS COPY CREATE DELETE ENABLE EXAMINE EXPUNGE FETCH ID IDLE".split(
    " ",
  ),
  ..."LIST LOGIN LOGOUT LSUB NAMESPACE NOOP RENAME SEARCH SELECT STARTTLS STATUS STORE SUBSCRIBE UID UNSUBSCRIBE".split(
    " ",
  ),
]);
const farewell = "* BYE Too many commands.\r\n";
const capabilities = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN";
const nothing: Piece = { start: 0, end: 0, text: "" };

/** An IMAP server that refuses every login and records users and passwords. RFC 9051. It answers like Dovecot. */
export function readImap(bytes: Uint8Array, typed: readonly TypedSecret[]): Dialogue {
  const transcript = new Transcript(farewell, typed);
  let at = skipLineEnds(bytes, 0);
  let exchange: { readonly tag: string; readonly sasl: SaslExchange } | undefined;
  while (at < bytes.length) {
    if (exchange !== undefined) {
      const { value: line } = commandLinesOf(bytes, at).next();
      if (line === undefined) break;
      const step = exchange.sasl.next(line);
      if (!line.ended) break;
      at = skipLineEnds(bytes, line.end);
      if (!answerStep(step, saslReplies(exchange.tag), transcript)) exchange = undefined;
      continue;
    }
    const request = readImapCommand(bytes, at);
    at = skipLineEnds(bytes, request.end);
    exchange = take(request, transcript);
  }
  return transcript.result();
}

function take(
  request: ImapRequest,
  transcript: Transcript,
): { readonly tag: string; readonly sasl: SaslExchange } | undefined {
  const { tag, command, words, ended } = request;
  if (ended || words.length > 0) transcript.begin(commands.has(command));
  if (transcript.recognised === "no") return undefined;
  const [first = nothing, second = nothing] = words;
  if (command === "LOGIN") {
    if (words.length > 1 && nameIn(first, transcript) !== "") transcript.show(first);
    // Everything after the user, because a password may contain spaces.
    for (const word of words.slice(1)) transcript.hide(word, word === second ? readable(word.text) : undefined);
    hideRemainingWords(request, transcript);
  }
  if (command === "AUTHENTICATE") {
    if (!ended) transcript.hide(second);
    for (const word of words.slice(2)) transcript.hide(word);
    hideRemainingWords(request, transcript);
  }
  for (let wait = 0; wait < request.waits; wait++) transcript.answer("+ OK\r\n");
  if (!ended) return undefined;
  transcript.fact("tag", tag);
  if (commands.has(command)) transcript.command(command);
  if (command === "AUTHENTICATE") {
    noteMechanism(first, transcript);
    const sasl = new SaslExchange(first.text, transcript);
    return answerStep(sasl.start(second), saslReplies(tag), transcript) ? { tag, sasl } : undefined;
  }
  answer(request, transcript);
  return undefined;
}

/** The name, or empty if the word is more than a name: a literal with a wrong length continues on the next line. */
function nameIn(word: Piece, transcript: Transcript): string {
  const { text } = transcript.withoutSecrets(word);
  return /[\0\r\n"]/.test(text) ? "" : text;
}

/** Hides words past the limit. */
function hideRemainingWords({ words, end }: ImapRequest, transcript: Transcript): void {
  const last = words.at(-1);
  if (last !== undefined && words.length >= maxWords - 2) transcript.hide({ start: last.end, end });
}

function saslReplies(tag: string): SaslReplies {
  const name = echoed(tag);
  return {
    challenge: (challenge) => `+ ${challenge}\r\n`,
    refused: `${name} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n`,
    cancelled: `${name} BAD Authentication aborted by client.\r\n`,
    unknown: `${name} NO Unsupported authentication mechanism.\r\n`,
  };
}

function answer({ tag, command, words }: ImapRequest, transcript: Transcript): Transcript {
  const name = echoed(tag);
  switch (command) {
    case "LOGIN":
      transcript.user(readable(nameIn(words[0] ?? nothing, transcript)));
      return transcript.answer(`${name} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n`);
    case "CAPABILITY":
      return transcript.answer(`* CAPABILITY ${capabilities}\r\n${name} OK Pre-login capabilities listed.\r\n`);
    case "ID":
      transcript.fact("client", clientOf(words.map(({ text }) => text)));
      return transcript.answer(`* ID NIL\r\n${name} OK ID completed.\r\n`);
    case "NOOP":
      return transcript.answer(`${name} OK NOOP completed.\r\n`);
    case "LOGOUT":
      return transcript.end(`* BYE Logging out\r\n${name} OK Logout completed.\r\n`);
    case "STARTTLS":
      return transcript.answer(`${name} NO TLS support isn't enabled.\r\n`);
    default:
      return commands.has(command)
        ? transcript.answer(`${name} BAD Please login first.\r\n`)
        : transcript.error(`${name} BAD Unknown command.\r\n`);
  }
}

/** `("name" "Thunderbird" "version" "128")`. RFC 2971. */
function clientOf(words: readonly string[]): string {
  const named = (name: string) => {
    const at = words.findIndex((word) => word.replace(/^\("?|"$/g, "").toLowerCase() === name);
    return at === -1 ? "" : (words[at + 1] ?? "").replace(/"?\)?$/, "");
  };
  return readable([named("name"), named("version")].filter((text) => text !== "").join(" "));
}

/** A tag that is safe to send back: short, and only with the characters of a tag. */
function echoed(tag: string): string {
  return /^[\w.-]{1,32}$/.test(tag) ? tag : "*";
}

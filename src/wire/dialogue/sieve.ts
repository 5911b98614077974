import type { TypedSecret } from "../typed-secrets.ts";
import { readWords } from "./imap-command.ts";
import { answerStep, type SaslReplies } from "./lines.ts";
import { noteMechanism, SaslExchange } from "./sasl.ts";
import { type Dialogue, type Piece, skipLineEnds, Transcript } from "./transcript.ts";

const commands: ReadonlySet<string> = new Set(
  "AUTHENTICATE CAPABILITY CHECKSCRIPT DELETESCRIPT GETSCRIPT HAVESPACE LISTSCRIPTS LOGOUT NOOP PUTSCRIPT RENAMESCRIPT SETACTIVE STARTTLS UNAUTHENTICATE".split(
    " ",
  ),
);
const farewell = 'BYE "Too many commands."\r\n';
const nothing: Piece = { start: 0, end: 0, text: "" };
const words: SaslReplies = {
  challenge: (challenge) => `"${challenge}"\r\n`,
  refused: 'NO "Authentication failed."\r\n',
  cancelled: 'NO "Authentication aborted by client."\r\n',
  unknown: 'NO "Unsupported authentication mechanism."\r\n',
};
const capabilities =
  '"IMPLEMENTATION" "ManageSieve"\r\n"SIEVE" "fileinto reject envelope vacation"\r\n"SASL" "PLAIN LOGIN"\r\n"VERSION" "1.0"\r\n';

/** A ManageSieve server that refuses every login and records users and passwords. RFC 5804. */
export function readSieve(bytes: Uint8Array, typed: readonly TypedSecret[]): Dialogue {
  const transcript = new Transcript(farewell, typed);
  let login: SaslExchange | undefined;
  let at = skipLineEnds(bytes, 0);
  while (at < bytes.length) {
    const line = readWords(bytes, at);
    at = skipLineEnds(bytes, line.end);
    if (login !== undefined) {
      const step = login.next(line.words[0] ?? nothing);
      for (const word of line.words.slice(1)) transcript.hide(word);
      if (line.ended && !answerStep(step, words, transcript)) login = undefined;
      continue;
    }
    const [name = nothing, first = nothing, second = nothing, ...more] = line.words;
    const command = name.text.toUpperCase();
    if (line.ended) transcript.begin(commands.has(command));
    if (command === "AUTHENTICATE") for (const word of line.ended ? more : [second, ...more]) transcript.hide(word);
    if (!line.ended || transcript.recognised === "no") continue;
    if (commands.has(command)) transcript.command(command);
    if (command !== "AUTHENTICATE") {
      answer(command, transcript);
      continue;
    }
    noteMechanism(first, transcript);
    const exchange = new SaslExchange(first.text, transcript);
    login = answerStep(exchange.start(second), words, transcript) ? exchange : undefined;
  }
  return transcript.result();
}

function answer(command: string, transcript: Transcript): Transcript {
  switch (command) {
    case "CAPABILITY":
      return transcript.answer(`${capabilities}OK "Capability completed."\r\n`);
    case "NOOP":
      return transcript.answer('OK "NOOP completed."\r\n');
    case "LOGOUT":
      return transcript.end('OK "Logout completed."\r\n');
    case "STARTTLS":
      return transcript.answer('NO "TLS support isn\'t enabled."\r\n');
    default:
      return commands.has(command)
        ? transcript.answer('NO "Please login first."\r\n')
        : transcript.error('NO "Unknown command."\r\n');
  }
}

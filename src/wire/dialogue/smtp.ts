import type { Command, LineServer } from "./lines.ts";
import { type Piece, readable, type Transcript } from "./transcript.ts";

const done = "250 2.0.0 Ok\r\n";
const refused = "554 5.7.1 Error: transaction refused\r\n";

const hello: Pick<Command, "note"> = { note: ({ text }, transcript) => transcript.fact("name", readable(text)) };
const extendedHello: Command = {
  ...hello,
  answer: (name) =>
    `250-${name}\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-AUTH PLAIN LOGIN\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n`,
};
const question: Command = {
  note: ({ text }, transcript) => transcript.several("to", "recipients", readable(text)),
  answer: "252 2.0.0 Cannot verify the user\r\n",
};

const commands: Readonly<Record<string, Command>> = {
  HELO: { ...hello, answer: (name) => `250 ${name}\r\n` },
  EHLO: extendedHello,
  LHLO: extendedHello,
  MAIL: { note: noteSender, answer: "250 2.1.0 Ok\r\n" },
  RCPT: { note: noteRecipient, answer: "250 2.1.5 Ok\r\n" },
  DATA: { answer: refused },
  // What follows is the message, not commands.
  BDAT: { answer: refused, isLast: true },
  RSET: { answer: done },
  NOOP: { answer: done },
  VRFY: question,
  EXPN: question,
  HELP: {},
  STARTTLS: {},
  AUTH: {
    sasl: {
      challenge: (challenge) => `334 ${challenge}\r\n`,
      refused: "535 5.7.8 Error: authentication failed: authentication failure\r\n",
      cancelled: "501 5.7.0 Authentication aborted\r\n",
      unknown: "504 5.5.4 Unrecognized authentication type\r\n",
    },
  },
  QUIT: { answer: "221 2.0.0 Bye\r\n", isLast: true },
};

/**
 * A mail server that refuses every login and every message, and records the name, the sender, the recipients and the user.
 * RFC 5321, RFC 4954. Recipients are accepted so that the client names all of them; the message is refused before it is sent.
 */
export const smtpServer: LineServer = {
  commands: new Map(Object.entries(commands)),
  unknown: "502 5.5.2 Error: command not recognized\r\n",
  farewell: "421 4.7.0 Error: too many commands\r\n",
};

function noteSender({ text }: Piece, transcript: Transcript): void {
  transcript.fact("from", addressOf(text, "FROM:"));
}

function noteRecipient({ text }: Piece, transcript: Transcript): void {
  transcript.several("to", "recipients", addressOf(text, "TO:"));
}

/** `FROM:<a@example.org> SIZE=10`: the address. RFC 5321 section 4.1.1.2. */
function addressOf(argument: string, keyword: string): string {
  if (argument.slice(0, keyword.length).toUpperCase() !== keyword) return "";
  const rest = argument.slice(keyword.length).trim();
  const text = rest.startsWith("<") ? rest.slice(1).split(">", 1)[0] : rest.split(" ", 1)[0];
  return readable((text ?? "").trim());
}

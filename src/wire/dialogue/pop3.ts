import { type Command, type LineServer, passwordOf } from "./lines.ts";
import { readable, splitWord } from "./transcript.ts";

const noLogin = "-ERR [AUTH] Authentication failed.\r\n";

const commands: Readonly<Record<string, Command>> = {
  USER: { note: ({ text }, transcript) => transcript.user(readable(text)), answer: "+OK\r\n" },
  PASS: { secret: passwordOf, answer: noLogin },
  APOP: {
    note: (argument, transcript) => transcript.user(readable(splitWord(argument)[0].text)),
    // A digest of the password, not the password itself: so it has no text.
    secret: (argument) => ({ start: splitWord(argument)[1].start, end: argument.end }),
    answer: noLogin,
  },
  AUTH: {
    sasl: {
      challenge: (challenge) => `+ ${challenge}\r\n`,
      refused: noLogin,
      cancelled: "-ERR Authentication aborted by client.\r\n",
      unknown: "-ERR Unsupported authentication mechanism.\r\n",
      mechanisms: "+OK\r\nPLAIN\r\nLOGIN\r\n.\r\n",
    },
  },
  CAPA: {
    answer:
      "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\nUSER\r\nSASL PLAIN LOGIN\r\n.\r\n",
  },
  QUIT: { answer: "+OK Logging out\r\n", isLast: true },
};
const others = "DELE LANG LIST NOOP RETR RSET STAT STLS TOP UIDL UTF8".split(" ");

/** A POP3 server that refuses every login and records users and passwords. RFC 1939, RFC 5034. It answers like Dovecot. */
export const pop3Server: LineServer = {
  commands: new Map([...Object.entries(commands), ...others.map((verb): [string, Command] => [verb, {}])]),
  unknown: "-ERR Unknown command.\r\n",
  farewell: "-ERR Too many commands.\r\n",
};

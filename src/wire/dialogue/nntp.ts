import { type Command, type LineServer, passwordOf } from "./lines.ts";
import { readable } from "./transcript.ts";

const noLogin = "481 Authentication failed\r\n";
const loginFirst = "480 Authentication required\r\n";

const commands: Readonly<Record<string, Command>> = {
  "MODE READER": { answer: "200 Posting allowed\r\n" },
  CAPABILITIES: { answer: "101 Capability list:\r\nVERSION 2\r\nREADER\r\nAUTHINFO USER SASL\r\nSASL PLAIN\r\n.\r\n" },
  "AUTHINFO USER": {
    note: ({ text }, transcript) => transcript.user(readable(text)),
    answer: "381 Password required\r\n",
  },
  "AUTHINFO PASS": { secret: passwordOf, answer: noLogin },
  "AUTHINFO SASL": {
    sasl: {
      challenge: (challenge) => `383 ${challenge === "" ? "=" : challenge}\r\n`,
      refused: noLogin,
      cancelled: "481 Authentication aborted\r\n",
      unknown: "503 Mechanism not supported\r\n",
    },
  },
  GROUP: { note: ({ text }, transcript) => transcript.fact("group", readable(text)), answer: loginFirst },
  QUIT: { answer: "205 Connection closing\r\n", isLast: true },
};
const others =
  "ARTICLE BODY CHECK DATE HDR HEAD IHAVE LIST LISTGROUP MODE NEWGROUPS NEWNEWS OVER POST STAT TAKETHIS XHDR XOVER";

/** A news server that refuses every login and records users, passwords and the group. RFC 3977, RFC 4643. */
export const nntpServer: LineServer = {
  commands: new Map([
    ...others.split(" ").map((verb): [string, Command] => [verb, { answer: loginFirst }]),
    ...["HELP", "STARTTLS"].map((verb): [string, Command] => [verb, {}]),
    ...Object.entries(commands),
  ]),
  unknown: "500 Unknown command\r\n",
  farewell: "400 Too many commands\r\n",
};

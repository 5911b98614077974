import { readDialogue } from "../dialogue/parse.ts";
import { anyOf, initialsOf, protocol } from "../protocol.ts";
import { parseCommand, parseExpected, parseUser, verbs } from "./client.ts";

export const pop3 = protocol({
  name: "pop3",
  strength: "medium",
  firstBytes: initialsOf(verbs),
  parse: parseCommand,
  describe: (value) => ({ pop3: { ...value } }),
  secrets: (bytes) => readDialogue("pop3", bytes).secrets,
});

/** `USER` first, which is FTP too: weak, so that it does not keep FTP waiting. */
export const pop3User = protocol({
  name: "pop3",
  strength: "weak",
  firstBytes: anyOf("Uu"),
  parse: parseUser,
  parseExpected,
  describe: (value) => ({ pop3: { ...value } }),
  secrets: (bytes) => readDialogue("pop3", bytes).secrets,
});

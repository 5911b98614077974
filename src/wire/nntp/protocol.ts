import { readDialogue } from "../dialogue/parse.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { parse, parseExpected, verbs } from "./client.ts";

export const nntp = protocol({
  name: "nntp",
  strength: "weak",
  firstBytes: initialsOf(verbs),
  parse,
  parseExpected,
  describe: (value) => ({ nntp: { ...value } }),
  secrets: (bytes) => readDialogue("nntp", bytes).secrets,
});

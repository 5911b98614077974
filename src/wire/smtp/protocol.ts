import { readDialogue } from "../dialogue/parse.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { parse, parseExpected, verbs } from "./client.ts";

export const smtp = protocol({
  name: "smtp",
  strength: "medium",
  firstBytes: initialsOf(verbs),
  parse,
  parseExpected,
  describe: (value) => ({ smtp: { ...value } }),
  secrets: (bytes) => readDialogue("smtp", bytes).secrets,
});

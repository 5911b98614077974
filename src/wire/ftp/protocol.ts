import { readDialogue } from "../dialogue/parse.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { parse, parseExpected, verbs } from "./client.ts";

export const ftp = protocol({
  name: "ftp",
  strength: "weak",
  firstBytes: initialsOf(verbs),
  parse,
  parseExpected,
  describe: (value) => ({ ftp: { ...value } }),
  secrets: (bytes) => readDialogue("ftp", bytes).secrets,
});

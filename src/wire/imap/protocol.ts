import { readDialogue } from "../dialogue/parse.ts";
import { protocol } from "../protocol.ts";
import { isTagByte, parse, parseExpected } from "./client.ts";

export const imap = protocol({
  name: "imap",
  strength: "medium",
  firstBytes: isTagByte,
  parse,
  parseExpected,
  describe: (value) => ({ imap: { ...value } }),
  secrets: (bytes) => readDialogue("imap", bytes).secrets,
});

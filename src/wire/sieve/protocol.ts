import { readDialogue } from "../dialogue/parse.ts";
import { anyOf, protocol } from "../protocol.ts";
import { parse, parseExpected } from "./client.ts";

export const sieve = protocol({
  name: "sieve",
  strength: "medium",
  firstBytes: anyOf("ACDGHLPRSUacdghlprsu"),
  parse,
  parseExpected,
  describe: (value) => ({ sieve: { ...value } }),
  secrets: (bytes) => readDialogue("sieve", bytes).secrets,
});

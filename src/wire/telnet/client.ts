import { readDialogue } from "../dialogue/parse.ts";
import { oneOf, protocol } from "../protocol.ts";
import { parseNegotiation } from "./negotiation.ts";

export const telnet = protocol({
  name: "telnet",
  strength: "medium",
  firstBytes: oneOf(0xff),
  parse: parseNegotiation,
  describe: (value) => ({ telnet: { ...value } }),
  secrets: (bytes) => readDialogue("telnet", bytes).secrets,
});

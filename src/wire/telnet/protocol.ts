import { readDialogue } from "../dialogue/parse.ts";
import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const telnet = protocol({
  name: "telnet",
  strength: "medium",
  firstBytes: oneOf(0xff),
  parse,
  describe: (value) => ({ telnet: { ...value } }),
  secrets: (bytes) => readDialogue("telnet", bytes).secrets,
});

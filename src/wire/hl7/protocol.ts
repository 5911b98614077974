import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const hl7 = protocol({
  name: "hl7",
  strength: "strong",
  firstBytes: oneOf(0x0b),
  parse,
  describe: (value) => ({ hl7: { ...value } }),
});

import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const ajp = protocol({
  name: "ajp",
  strength: "strong",
  firstBytes: oneOf(0x12),
  parse,
  describe: (value) => ({ ajp: { ...value } }),
});

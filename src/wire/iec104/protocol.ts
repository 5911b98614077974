import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const iec104 = protocol({
  name: "iec104",
  strength: "medium",
  firstBytes: oneOf(0x68),
  parse,
  describe: (value) => ({ iec104: { ...value } }),
});

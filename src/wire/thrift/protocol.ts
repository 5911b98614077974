import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const thrift = protocol({
  name: "thrift",
  strength: "medium",
  firstBytes: oneOf(0x00, 0x80, 0x82),
  parse,
  describe: (value) => ({ thrift: { ...value } }),
});

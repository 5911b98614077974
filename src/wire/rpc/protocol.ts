import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const rpc = protocol({
  name: "rpc",
  strength: "strong",
  firstBytes: oneOf(0x80),
  parse,
  describe: (value) => ({ rpc: { ...value } }),
});

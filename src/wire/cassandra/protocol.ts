import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const cassandra = protocol({
  name: "cassandra",
  strength: "strong",
  firstBytes: oneOf(1, 2, 3, 4, 5, 0x41, 0x42),
  parse,
  describe: (value) => ({ cassandra: { ...value } }),
});

import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const dcerpc = protocol({
  name: "dcerpc",
  strength: "strong",
  firstBytes: oneOf(5),
  parse,
  describe: (value) => ({ dcerpc: { ...value } }),
});

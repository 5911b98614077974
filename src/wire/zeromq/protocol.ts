import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const zeromq = protocol({
  name: "zeromq",
  strength: "strong",
  firstBytes: oneOf(0xff),
  parse,
  describe: (value) => ({ zeromq: { ...value } }),
});

import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const oracle = protocol({
  name: "oracle",
  strength: "strong",
  // The first byte is the high one of a length.
  firstBytes: (byte) => byte < 32,
  parse,
  describe: (value) => ({ oracle: { ...value } }),
});

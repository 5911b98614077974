import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const mongodb = protocol({
  name: "mongodb",
  strength: "strong",
  // The first byte is the low one of a length.
  parse,
  describe: (value) => ({ mongodb: { ...value } }),
});

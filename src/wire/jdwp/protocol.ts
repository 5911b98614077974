import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const jdwp = protocol({
  name: "jdwp",
  strength: "strong",
  firstBytes: anyOf("J"),
  parse,
  describe: (value) => ({ jdwp: { ...value } }),
});

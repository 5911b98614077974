import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const x11 = protocol({
  name: "x11",
  strength: "strong",
  firstBytes: anyOf("Bl"),
  parse,
  describe: (value) => ({ x11: { ...value } }),
});

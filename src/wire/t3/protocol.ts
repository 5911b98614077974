import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const t3 = protocol({
  name: "t3",
  strength: "strong",
  firstBytes: anyOf("t"),
  parse,
  describe: (value) => ({ t3: { ...value } }),
});

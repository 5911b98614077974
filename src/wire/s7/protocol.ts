import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const s7 = protocol({
  name: "s7",
  strength: "strong",
  firstBytes: oneOf(3),
  parse,
  describe: (value) => ({ s7: { ...value } }),
});

import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const nbd = protocol({
  name: "nbd",
  strength: "strong",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ nbd: { ...value } }),
});

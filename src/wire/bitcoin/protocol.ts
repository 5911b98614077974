import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const bitcoin = protocol({
  name: "bitcoin",
  strength: "strong",
  firstBytes: oneOf(0xf9, 0x0b, 0x0a, 0xfa),
  parse,
  describe: (value) => ({ bitcoin: { ...value } }),
});

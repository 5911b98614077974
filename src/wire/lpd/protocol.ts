import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const lpd = protocol({
  name: "lpd",
  strength: "weak",
  firstBytes: oneOf(1, 2, 3, 4, 5),
  parse,
  describe: (value) => ({ lpd: { ...value } }),
});

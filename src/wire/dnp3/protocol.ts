import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const dnp3 = protocol({
  name: "dnp3",
  strength: "strong",
  firstBytes: oneOf(5),
  parse,
  describe: (value) => ({ dnp3: { ...value } }),
});

import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const gopher = protocol({
  name: "gopher",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ gopher: { ...value } }),
});

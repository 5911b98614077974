import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const finger = protocol({
  name: "finger",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ finger: { ...value } }),
});

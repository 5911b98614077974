import { initialsOf, protocol } from "../protocol.ts";
import { parse, verbs } from "./client.ts";

export const dict = protocol({
  name: "dict",
  strength: "weak",
  firstBytes: initialsOf(verbs),
  parse,
  describe: (value) => ({ dict: { ...value } }),
});

import { initialsOf, protocol } from "../protocol.ts";
import { parse, verbs } from "./parse.ts";

export const smtp = protocol({
  name: "smtp",
  strength: "medium",
  firstBytes: initialsOf(verbs),
  parse,
  describe: (value) => ({ smtp: { ...value } }),
});

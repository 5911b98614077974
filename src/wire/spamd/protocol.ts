import { initialsOf, protocol } from "../protocol.ts";
import { commands, parse } from "./client.ts";

export const spamd = protocol({
  name: "spamd",
  strength: "medium",
  firstBytes: initialsOf(commands),
  parse,
  describe: (value) => ({ spamd: { ...value } }),
});

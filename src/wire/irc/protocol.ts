import { initialsOf, protocol } from "../protocol.ts";
import { parse, verbs } from "./parse.ts";
import { ircSecrets } from "./secrets.ts";

export const irc = protocol({
  name: "irc",
  strength: "medium",
  firstBytes: initialsOf(verbs),
  parse,
  describe: (value) => ({ irc: { ...value } }),
  secrets: ircSecrets,
});

import { initialsOf, protocol } from "../protocol.ts";

import { parse, parseExpected, verbs } from "./client.ts";

import { ircSecrets } from "./secrets.ts";

export const irc = protocol({
  name: "irc",
  strength: "medium",
  firstBytes: initialsOf(verbs),
  parse,
  parseExpected,
  describe: (value) => ({ irc: { ...value } }),
  secrets: ircSecrets,
});

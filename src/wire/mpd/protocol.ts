import { secretsOfLines } from "../line-secrets.ts";
import { anyOf, protocol } from "../protocol.ts";
import { parse, parseExpected } from "./client.ts";

export const mpd = protocol({
  name: "mpd",
  strength: "medium",
  firstBytes: anyOf("c"),
  parse,
  parseExpected,
  describe: (value) => ({ mpd: { ...value } }),
  secrets: secretsOfLines((verb, argument) => (verb === "PASSWORD" ? argument : undefined)),
});

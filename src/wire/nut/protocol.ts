import { secretsOfLines } from "../line-secrets.ts";
import { anyOf, protocol } from "../protocol.ts";
import { parse, parseExpected } from "./client.ts";

export const nut = protocol({
  name: "nut",
  strength: "weak",
  firstBytes: anyOf("GLUINP"),
  parse,
  parseExpected,
  describe: (value) => ({ nut: { ...value } }),
  secrets: secretsOfLines((verb, argument) => (verb === "PASSWORD" ? argument : undefined)),
});

import { secretsOfLines } from "../line-secrets.ts";
import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./parse.ts";

export const ami = protocol({
  name: "ami",
  strength: "medium",
  firstBytes: anyOf("Aa"),
  parse,
  describe: (value) => ({ ami: { ...value } }),
  secrets: secretsOfLines((verb, argument) => (/^(?:SECRET|KEY):$/.test(verb) ? argument : undefined)),
});

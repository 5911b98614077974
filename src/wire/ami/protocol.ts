import { captured, secretsOfLines } from "../line-secrets.ts";
import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const ami = protocol({
  name: "ami",
  strength: "medium",
  firstBytes: anyOf("Aa"),
  parse,
  describe: (value) => ({ ami: { ...value } }),
  secrets: secretsOfLines((_verb, _argument, line) => captured(line, /^(?:secret|key)[ \t]{0,8}:[ \t]{0,64}(.*)$/i)),
});

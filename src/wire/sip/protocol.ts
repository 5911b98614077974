import { httpSecrets } from "../http/secrets.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { methods, parse } from "./parse.ts";

export const sip = protocol({
  name: "sip",
  strength: "strong",
  firstBytes: initialsOf(methods),
  parse,
  describe: (value) => ({ sip: { ...value } }),
  secrets: httpSecrets,
});

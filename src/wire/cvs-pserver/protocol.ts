import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";
import { cvsSecrets } from "./secrets.ts";

export const cvs = protocol({
  name: "cvs",
  strength: "strong",
  firstBytes: anyOf("B"),
  parse,
  describe: (value) => ({ cvs: { ...value } }),
  secrets: cvsSecrets,
});

import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const git = protocol({
  name: "git",
  strength: "strong",
  firstBytes: anyOf("0"),
  parse,
  describe: (value) => ({ git: { ...value } }),
});

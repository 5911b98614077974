import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const epmd = protocol({
  name: "epmd",
  strength: "medium",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ epmd: { ...value } }),
});

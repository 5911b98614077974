import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const rlogin = protocol({
  name: "rlogin",
  strength: "medium",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ rlogin: { ...value } }),
});

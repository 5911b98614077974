import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./parse.ts";

export const gpsd = protocol({
  name: "gpsd",
  strength: "medium",
  firstBytes: anyOf("?"),
  parse,
  describe: (value) => ({ gpsd: { ...value } }),
});

import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const gpsd = protocol({
  name: "gpsd",
  strength: "medium",
  firstBytes: anyOf("?"),
  parse,
  describe: (value) => ({ gpsd: { ...value } }),
});

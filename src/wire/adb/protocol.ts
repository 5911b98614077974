import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const adb = protocol({
  name: "adb",
  strength: "strong",
  firstBytes: anyOf("COS"),
  parse,
  describe: (value) => ({ adb: { ...value } }),
});

import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const rtmp = protocol({
  name: "rtmp",
  strength: "weak",
  firstBytes: oneOf(3),
  parse,
  describe: (value) => ({ rtmp: { ...value } }),
});

import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const bgp = protocol({
  name: "bgp",
  strength: "strong",
  firstBytes: oneOf(0xff),
  parse,
  describe: (value) => ({ bgp: { ...value } }),
});

import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const pptp = protocol({
  name: "pptp",
  strength: "strong",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ pptp: { ...value } }),
});

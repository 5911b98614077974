import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const giop = protocol({
  name: "giop",
  strength: "strong",
  firstBytes: anyOf("G"),
  parse,
  describe: (value) => ({ giop: { ...value } }),
});

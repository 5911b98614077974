import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const opcUa = protocol({
  name: "opc-ua",
  strength: "strong",
  firstBytes: anyOf("H"),
  parse,
  describe: (value) => ({ "opc-ua": { ...value } }),
});

import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const javaSerialization = protocol({
  name: "java-serialization",
  strength: "strong",
  firstBytes: oneOf(0xac),
  parse,
  describe: (value) => ({ "java-serialization": { ...value } }),
});

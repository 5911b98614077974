import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const javaRmi = protocol({
  name: "java-rmi",
  strength: "strong",
  firstBytes: anyOf("J"),
  parse,
  describe: (value) => ({ "java-rmi": { ...value } }),
});

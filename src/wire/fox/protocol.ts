import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const fox = protocol({
  name: "fox",
  strength: "strong",
  firstBytes: anyOf("f"),
  parse,
  describe: (value) => ({ fox: { ...value } }),
});

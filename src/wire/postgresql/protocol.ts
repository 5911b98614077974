import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const postgresql = protocol({
  name: "postgresql",
  strength: "strong",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ postgresql: { ...value } }),
});

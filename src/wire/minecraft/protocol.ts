import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const minecraft = protocol({
  name: "minecraft",
  strength: "medium",
  // 0xfe, or a length of one or two bytes.
  parse,
  describe: (value) => ({ minecraft: { ...value } }),
});

import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const bittorrent = protocol({
  name: "bittorrent",
  strength: "strong",
  firstBytes: oneOf(0x13),
  parse,
  describe: (value) => ({ bittorrent: { ...value } }),
});

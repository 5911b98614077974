import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const vnc = protocol({
  name: "vnc",
  strength: "strong",
  firstBytes: anyOf("R"),
  parse,
  describe: ({ major, minor }) => ({ vnc: { version: `${major}.${minor}` } }),
});

import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const hadoopIpc = protocol({
  name: "hadoop-ipc",
  strength: "strong",
  firstBytes: anyOf("h"),
  parse,
  describe: (value) => ({ "hadoop-ipc": { ...value } }),
});

import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const syslog = protocol({
  name: "syslog",
  strength: "medium",
  firstBytes: anyOf("<123456789"),
  parse,
  describe: (value) => ({ syslog: { ...value } }),
});

import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const iscsi = protocol({
  name: "iscsi",
  strength: "medium",
  firstBytes: oneOf(0x43),
  parse,
  describe: (value) => ({ iscsi: { ...value } }),
});

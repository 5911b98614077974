import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const modbus = protocol({
  name: "modbus",
  strength: "medium",
  // The first bytes are a number that the client chose.
  parse,
  describe: (value) => ({ modbus: { ...value } }),
});

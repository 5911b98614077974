import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";
import { mssqlSecrets } from "./secrets.ts";

export const mssql = protocol({
  name: "mssql",
  strength: "strong",
  firstBytes: oneOf(0x10, 0x12),
  parse,
  describe: (value) => ({ mssql: { ...value } }),
  secrets: mssqlSecrets,
});

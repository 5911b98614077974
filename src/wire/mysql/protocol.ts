import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const mysql = protocol({
  name: "mysql",
  strength: "medium",
  // The first byte is the low one of a length.
  parse,
  describe: (value) => ({ mysql: { ...value } }),
});

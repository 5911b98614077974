import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";
import { drdaSecrets } from "./secrets.ts";

export const drda = protocol({
  name: "drda",
  strength: "strong",
  // A length of two bytes: clients begin with far less than 4 KiB.
  firstBytes: (byte) => byte < 0x10,
  parse,
  describe: (value) => ({ drda: { ...value } }),
  secrets: drdaSecrets,
});

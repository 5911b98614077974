import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const kerberos = protocol({
  name: "kerberos",
  strength: "strong",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ kerberos: { ...value } }),
});

import { httpSecrets } from "../http/secrets.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { methods, parse } from "./client.ts";

const isInitial = initialsOf(methods);

export const sip = protocol({
  name: "sip",
  strength: "strong",
  firstBytes: (byte) => isInitial(byte) || byte === 0x0d || byte === 0x0a,
  parse,
  describe: (value) => ({ sip: { ...value } }),
  secrets: httpSecrets,
});

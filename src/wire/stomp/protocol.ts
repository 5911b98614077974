import { anyOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";
import { stompSecrets } from "./secrets.ts";

export const stomp = protocol({
  name: "stomp",
  strength: "strong",
  firstBytes: anyOf("CS"),
  parse,
  describe: (value) => ({ stomp: { ...value } }),
  secrets: stompSecrets,
});

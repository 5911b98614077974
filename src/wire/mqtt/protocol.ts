import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";
import { mqttSecrets } from "./secrets.ts";

export const mqtt = protocol({
  name: "mqtt",
  strength: "strong",
  firstBytes: oneOf(0x10),
  parse,
  describe: (value) => ({ mqtt: { ...value } }),
  secrets: mqttSecrets,
});

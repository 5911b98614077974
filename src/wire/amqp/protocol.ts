import { anyOf, protocol } from "../protocol.ts";
import { amqpSecrets, parse } from "./client.ts";

export const amqp = protocol({
  name: "amqp",
  strength: "strong",
  firstBytes: anyOf("A"),
  parse,
  describe: (value) => ({ amqp: { ...value } }),
  secrets: amqpSecrets,
});

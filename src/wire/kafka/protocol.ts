import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const kafka = protocol({
  name: "kafka",
  strength: "medium",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ kafka: { ...value } }),
});

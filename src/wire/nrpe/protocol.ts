import { oneOf, protocol } from "../protocol.ts";
import { parse } from "./client.ts";

export const nrpe = protocol({
  name: "nrpe",
  strength: "medium",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ nrpe: { ...value } }),
});

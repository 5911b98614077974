import { anyOf, protocol } from "../protocol.ts";
import { initials, parse } from "./client.ts";

export const zookeeper = protocol({
  name: "zookeeper",
  strength: "medium",
  // A ConnectRequest begins with the high byte of a small length.
  firstBytes: anyOf(`\0${[...initials].join("")}`),
  parse,
  describe: (value) => ({ zookeeper: { ...value } }),
});

import { anyOf, initialsOf, protocol } from "../protocol.ts";

import { parse, parseConnect, parseExpected } from "./client.ts";

import { natsSecrets } from "./secrets.ts";

export const nats = protocol({
  name: "nats",
  strength: "strong",
  firstBytes: anyOf("Cc"),
  parse: parseConnect,
  describe: (value) => ({ nats: { ...value } }),
  secrets: natsSecrets,
});

/** Clients that do not introduce themselves. `PING` is Redis too: weak, so that it does not keep Redis waiting. */
export const natsWithoutConnect = protocol({
  name: "nats",
  strength: "weak",
  firstBytes: initialsOf(["PING", "SUB"]),
  parse,
  parseExpected,
  describe: (value) => ({ nats: { ...value } }),
  secrets: natsSecrets,
});

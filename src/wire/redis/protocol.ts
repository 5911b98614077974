import { anyOf, initialsOf, protocol } from "../protocol.ts";

import { parseExpected, parseInline, parseResp } from "./client.ts";

import { redisSecrets } from "./secrets.ts";

export const redis = protocol({
  name: "redis",
  strength: "strong",
  firstBytes: anyOf("*"),
  parse: parseResp,
  describe: (value) => ({ redis: { ...value } }),
  secrets: redisSecrets,
});

/** Commands typed as a line, without RESP. */
export const redisInline = protocol({
  name: "redis",
  strength: "weak",
  firstBytes: initialsOf("ABCDEFHIKLMPRS"),
  parse: parseInline,
  parseExpected,
  describe: (value) => ({ redis: { ...value } }),
  secrets: redisSecrets,
});

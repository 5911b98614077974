import { anyOf, initialsOf, protocol } from "../protocol.ts";
import { parseExpected, parseInline, parseResp } from "./parse.ts";

export const redis = protocol({
  name: "redis",
  strength: "strong",
  firstBytes: anyOf("*"),
  parse: parseResp,
  describe: (value) => ({ redis: { ...value } }),
});

/** Commands typed as a line, without RESP. */
export const redisInline = protocol({
  name: "redis",
  strength: "weak",
  firstBytes: initialsOf("ABCDEFHIKLMPRS"),
  parse: parseInline,
  parseExpected,
  describe: (value) => ({ redis: { ...value } }),
});

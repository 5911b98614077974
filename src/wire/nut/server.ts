import type { TextQuestion } from "../greeting/text-answers.ts";

/** Network UPS Tools, docs/net-protocol.txt: `VER`. */
export const upsdVersion: TextQuestion = {
  ask: "VER\n",
  prefix: "Network UPS Tools upsd ",
  answer: /^Network UPS Tools upsd (?<version>\d[\w.]*)[^\w.]/,
  errorAnswer: /^ERR (?:UNKNOWN-COMMAND|INVALID-ARGUMENT|ACCESS-DENIED)\n/,
};

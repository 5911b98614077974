import type { TextQuestion } from "../greeting/text-answers.ts";

/** RFC 1413: a pair of ports that nobody has connected. */
export const identQuery: TextQuestion = {
  ask: "1, 1\r\n",
  prefix: "1",
  answer: /^1 ?, ?1 ?: ?(?:ERROR|USERID) ?: ?[^\n]*\n/i,
};

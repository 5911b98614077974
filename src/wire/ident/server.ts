import type { TextQuestion } from "../greeting/text-answers.ts";

/** RFC 1413 section 4: a pair of ports without a connection. */
export const identQuery: TextQuestion = {
  ask: "1, 1\r\n",
  prefix: "1",
  answer: /^1 ?, ?1 ?: ?(?:ERROR|USERID) ?: ?[^\n]*\n/i,
};

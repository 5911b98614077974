import type { TextQuestion } from "../greeting/text-answers.ts";

/** beanstalkd, doc/protocol.txt: `stats`. The version is in quotes since 1.11. */
export const beanstalkdStats: TextQuestion = {
  ask: "stats\r\n",
  prefix: "OK ",
  answer: /^OK \d+\r\n---\n[^\0]{0,4000}\nversion: "?(?<version>[\d.]+)["\r\n]/,
  errorAnswer: /^UNKNOWN_COMMAND\r\n/,
};

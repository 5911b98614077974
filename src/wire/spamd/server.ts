import type { TextQuestion } from "../greeting/text-answers.ts";

/** `PING`; the answer is `SPAMD/1.5 0 PONG`. SpamAssassin, spamd/PROTOCOL. */
export const spamdPing: TextQuestion = {
  ask: "PING SPAMC/1.5\r\n\r\n",
  prefix: "SPAMD/",
  answer: /^SPAMD\/(?<protocol>\d[\d.]*) \d+ [^\n]*\n/,
  errorAnswer: /^SPAMD\/\d/,
};

import type { TextQuestion } from "../greeting/text-answers.ts";

/** SpamAssassin, spamd/PROTOCOL: `PING`, answered by `SPAMD/1.5 0 PONG`. */
export const spamdPing: TextQuestion = {
  ask: "PING SPAMC/1.5\r\n\r\n",
  prefix: "SPAMD/",
  answer: /^SPAMD\/(?<protocol>\d[\d.]*) \d+ [^\n]*\n/,
  complaint: /^SPAMD\/\d/,
};

import type { TextQuestion } from "../greeting/text-answers.ts";

/** POP3 (RFC 2449, 6.9): IMPLEMENTATION among the capabilities. */
export const pop3Capabilities: TextQuestion = {
  ask: "CAPA\r\n",
  prefix: "",
  answer:
    /^(?:-ERR[^\n]*\n|\+OK[^\0]{0,2000}?\n(?:\.\r?\n|IMPLEMENTATION (?<product>[A-Za-z]+)[ -]v?(?<version>\d[\w.]*)))/,
};

import type { TextQuestion } from "../greeting/text-answers.ts";

/** CAPA, whose answer may contain IMPLEMENTATION. RFC 2449 sections 5 and 6.9. */
export const pop3Capabilities: TextQuestion = {
  ask: "CAPA\r\n",
  prefix: "",
  answer:
    /^(?:-ERR[^\n]*\n|\+OK[^\0]{0,2000}?\n(?:\.\r?\n|IMPLEMENTATION (?<product>[A-Za-z]+)[ -]v?(?<version>\d[\w.]*)))/,
};

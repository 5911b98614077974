import type { TextQuestion } from "../greeting/text-answers.ts";

/** IMAP: ID, which is allowed before a login. RFC 2971 section 3.1. */
export const imapId: TextQuestion = {
  ask: "a0 ID NIL\r\n",
  prefix: "",
  answer:
    /^(?:\* ID (?:NIL|\((?:[^)\n]{0,500}?"name" "(?<product>[^"\n]{1,60})")?(?:[^)\n]{0,200}?"version" "(?<version>\d[^"\n]{0,40})")?[^\n]*)\r?\n|a0 [^\n]*\n|\* BAD[^\n]*\n)/,
};

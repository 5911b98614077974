import type { TextQuestion } from "../greeting/text-answers.ts";

/** clamd(8): `VERSION`. The prefix `z` announces that NUL ends the command. */
export const clamdVersion: TextQuestion = {
  ask: "zVERSION\0",
  prefix: "ClamAV ",
  answer: /^ClamAV (?<version>\d[\w.+-]*)(?:\/[^\0\n]*)?[\0\n]/,
  errorAnswer: /^UNKNOWN COMMAND/,
};

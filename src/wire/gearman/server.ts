import type { TextQuestion } from "../greeting/text-answers.ts";

/** Gearman, PROTOCOL, "Administrative Protocol": `version`. */
export const gearmanVersion: TextQuestion = {
  ask: "version\r\n",
  prefix: "OK ",
  answer: /^OK (?<version>\d+\.\d[\d.]*)[^\d.]/,
  errorAnswer: /^ERR (?:UNKNOWN_COMMAND|unknown_command)/,
};

import type { TextQuestion } from "../greeting/text-answers.ts";

/** Requests the main menu of a Gopher server. RFC 1436 section 2. */
export const gopherMenu: TextQuestion = {
  ask: "\r\n",
  prefix: "",
  answer: /^[0-9+gIThis][^\t\n]*\t[^\t\n]*\t[^\t\n]*\t\d+[\t\r\n]/,
  errorAnswer: /^[3i][^\t\n]*\t[^\t\n]*\t(?:error\.host|null\.host|[^\t\n]*)\t\d+/,
};

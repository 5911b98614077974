import type { TextQuestion } from "../greeting/text-answers.ts";

/** conserver, conserver/group.c: the commands before a login, after the greeting. */
export const conserverHelp: TextQuestion = {
  ask: "help\r\n",
  prefix: "ok\r\n",
  answer: /^ok\r\n(?:[a-z]{1,12} {1,12}[^\r\n]{1,60}\r\n){0,6}?login {1,12}log in\r\n/,
  errorAnswer: /^ok\r\n/,
};

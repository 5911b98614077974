import type { TextQuestion } from "../greeting/text-answers.ts";

/** CVS, cvsclient.texi, "How to Connect": the server refuses anything that does not begin a login. */
export const cvsGreeting: TextQuestion = {
  ask: "HARBINGER\n",
  prefix: "cvs ",
  answer: /^cvs \[(?:pserver|server) aborted\]: bad auth protocol start[^\n]*\n/,
  errorAnswer: /^cvs \[(?:pserver|server) aborted\]: /,
};

import type { TextQuestion } from "../greeting/text-answers.ts";

/** OPTIONS. RFC 7826 section 13.1. */
export const rtspOptions: TextQuestion = {
  ask: "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Harbinger\r\n\r\n",
  prefix: "RTSP/1.0 ",
  answer: /^RTSP\/1\.0 (?<status>\d{3})[^\n]*\n[^\0]*?\r?\n\r?\n/,
  errorAnswer: /^RTSP\/1\.0 /,
};

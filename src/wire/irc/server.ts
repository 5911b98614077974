import type { TextQuestion } from "../greeting/text-answers.ts";

/**
 * RFC 1459 section 6.1: before registration other commands are answered with 451. CAP LS lists capabilities, some of which
 * contain the name of the software. https://ircv3.net/specs/extensions/capability-negotiation
 */
export const ircVersion: TextQuestion = {
  ask: "CAP LS 302\r\nVERSION\r\n",
  prefix: "",
  answer: /^(?:[^\n\0]*\n){0,40}?(?::\S{1,255} (?:451|421|351|CAP) [^\n]*\n|ERROR :[^\n]*\n)/,
  errorAnswer: /^ERROR :|^:\S{1,255} (?:451|421|NOTICE) /,
};

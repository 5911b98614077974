import type { TextQuestion } from "../greeting/text-answers.ts";

/**
 * RFC 1459, 6.1: before registration every other command is answered by 451; CAP LS (https://ircv3.net/specs/extensions/capability-negotiation)
 * lists capabilities, some with the name of their maker.
 */
export const ircVersion: TextQuestion = {
  ask: "CAP LS 302\r\nVERSION\r\n",
  prefix: "",
  answer: /^(?:[^\n\0]*\n){0,40}?(?::\S{1,255} (?:451|421|351|CAP) [^\n]*\n|ERROR :[^\n]*\n)/,
  complaint: /^ERROR :|^:\S{1,255} (?:451|421|NOTICE) /,
};

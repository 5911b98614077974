import type { TextQuestion } from "../greeting/text-answers.ts";

/**
 * distcc, doc/protocol-1.txt: a job with an empty program, because a server only answers jobs. It stores nothing.
 */
export const distccEmptyProgram: TextQuestion = {
  ask: `DIST00000001ARGC00000005${["cc", "-c", "harbinger.c", "-o", "harbinger.o"]
    .map((word) => `ARGV${word.length.toString(16).padStart(8, "0")}${word}`)
    .join("")}DOTI00000000`,
  prefix: "DONE0000000",
  answer: /^DONE0000000[123]STAT(?<status>[0-9a-f]{8})/,
};

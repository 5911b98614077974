import type { TextQuestion } from "../greeting/text-answers.ts";

/**
 * distcc, doc/protocol-1.txt: a program without a line, to be compiled. Its answer is the only word that a server ever says; it
 * keeps nothing.
 */
export const distccEmptyProgram: TextQuestion = {
  ask: `DIST00000001ARGC00000005${["cc", "-c", "harbinger.c", "-o", "harbinger.o"]
    .map((word) => `ARGV${word.length.toString(16).padStart(8, "0")}${word}`)
    .join("")}DOTI00000000`,
  prefix: "DONE0000000",
  answer: /^DONE0000000[123]STAT(?<status>[0-9a-f]{8})/,
};

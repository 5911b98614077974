import type { TextQuestion } from "../greeting/text-answers.ts";

/** lircd(8), "socket protocol": `VERSION`. */
export const lircdVersion: TextQuestion = {
  ask: "VERSION\n",
  prefix: "BEGIN\n",
  answer: /^BEGIN\nVERSION\nSUCCESS\nDATA\n1\n(?<version>\d[\w.-]*)\nEND\n/,
  errorAnswer: /^BEGIN\n/,
};

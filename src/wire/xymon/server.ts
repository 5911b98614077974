import type { TextQuestion } from "../greeting/text-answers.ts";

/** Xymon, xymon(1): `ping`. */
export const xymonPing: TextQuestion = {
  ask: "ping",
  prefix: "xymond ",
  answer: /^xymond (?<version>\d[\w.]*)/,
};

import type { TextQuestion } from "../greeting/text-answers.ts";

/** Git (gitprotocol-pack(5), "Git Transport"): a repository that does not exist; nothing is fetched. */
export const gitRequest: TextQuestion = {
  ask: "003bgit-upload-pack /harbinger-asks\0host=harbinger.invalid\0",
  prefix: "",
  answer: /^[0-9a-f]{4}(?:ERR |[0-9a-f]{40} )[^\0]*?/,
};

import type { TextQuestion } from "../greeting/text-answers.ts";

/** `PROTOCOLINFO`, which Tor's control port allows before authentication. control-spec.txt, section 3.21. */
export const torProtocolInfo: TextQuestion = {
  ask: "PROTOCOLINFO 1\r\n",
  prefix: "250-PROTOCOLINFO ",
  answer:
    /^250-PROTOCOLINFO \d+\r\n250-AUTH METHODS=(?<methods>[A-Z,]+)(?: [^\n]*)?\r?\n250-VERSION Tor="(?<version>\d[\w.-]*)/,
  errorAnswer: /^51[04] /,
};

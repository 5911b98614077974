import type { TextQuestion } from "../greeting/text-answers.ts";

/** Tor's control port, control-spec.txt, 3.21: `PROTOCOLINFO` is allowed before authentication. */
export const torProtocolInfo: TextQuestion = {
  ask: "PROTOCOLINFO 1\r\n",
  prefix: "250-PROTOCOLINFO ",
  answer:
    /^250-PROTOCOLINFO \d+\r\n250-AUTH METHODS=(?<methods>[A-Z,]+)(?: [^\n]*)?\r?\n250-VERSION Tor="(?<version>\d[\w.-]*)/,
  complaint: /^51[04] /,
};

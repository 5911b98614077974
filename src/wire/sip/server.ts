import type { TextQuestion } from "../greeting/text-answers.ts";

/** OPTIONS, which queries capabilities and does not start a call. RFC 3261 section 11. */
export const sipOptions: TextQuestion = {
  ask:
    "OPTIONS sip:harbinger.invalid SIP/2.0\r\nVia: SIP/2.0/TCP harbinger.invalid;branch=z9hG4bKharbinger;rport\r\n" +
    "Max-Forwards: 70\r\nTo: <sip:harbinger.invalid>\r\nFrom: <sip:harbinger.invalid>;tag=harbinger\r\n" +
    "Call-ID: harbinger@harbinger.invalid\r\nCSeq: 1 OPTIONS\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n",
  prefix: "SIP/2.0 ",
  answer: /^SIP\/2\.0 (?<status>\d{3})[^\n]*\n[^\0]*?\r?\n\r?\n/,
  errorAnswer: /^SIP\/2\.0 /,
};

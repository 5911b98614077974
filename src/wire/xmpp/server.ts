import type { TextQuestion } from "../greeting/text-answers.ts";

/** Opens a stream without a login. RFC 6120 section 4.2. */
export const xmppStream: TextQuestion = {
  ask:
    "<?xml version='1.0'?><stream:stream to='harbinger.invalid' xmlns='jabber:client' " +
    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
  prefix: "<",
  answer: /<stream:stream [^<>]{0,1000}>|<stream:error\b/,
  errorAnswer: /^<\?xml version=['"]1\.0['"]\?><stream:stream /,
};

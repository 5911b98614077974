import type { TextQuestion } from "../greeting/text-answers.ts";

/** XMPP (RFC 6120, 4.2): the stream is opened; nobody logs in. */
export const xmppStream: TextQuestion = {
  ask:
    "<?xml version='1.0'?><stream:stream to='harbinger.invalid' xmlns='jabber:client' " +
    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
  prefix: "<",
  answer: /<stream:stream [^<>]{0,1000}>|<stream:error\b/,
  complaint: /^<\?xml version=['"]1\.0['"]\?><stream:stream /,
};

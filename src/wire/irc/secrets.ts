import { splitWord } from "../dialogue/transcript.ts";
import { captured, secretsOfLines } from "../line-secrets.ts";

/** Passwords of PASS and OPER (RFC 2812 sections 3.1.1 and 3.1.4), of AUTHENTICATE (SASL), and those sent to NickServ. */
export const ircSecrets = secretsOfLines((verb, argument) => {
  switch (verb) {
    case "PASS":
      return argument;
    case "OPER":
      return splitWord(argument)[1];
    case "AUTHENTICATE":
      return /^[A-Z0-9-]{3,20}$/.test(argument.text) ? undefined : argument;
    case "PRIVMSG":
    case "NICKSERV":
    case "NS":
      return captured(argument, /\bIDENTIFY[ \t]{1,4}(.+)$/i);
    default:
      return undefined;
  }
});

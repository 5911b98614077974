import { captured, secretsOfLines } from "../line-secrets.ts";

/** The header `passcode`. STOMP 1.2. */
export const stompSecrets = secretsOfLines((_verb, _argument, line) => captured(line, /^passcode:(.+)$/));

import type { ProtocolName } from "../../core/identification.ts";
import { type Dialogues, dialoguesBehind } from "./dialogue-session.ts";
import { protocolOfBanner } from "./expected-protocol.ts";

/** What a decoy says to a client that waits, and what it means. */
export interface Greeting {
  readonly banner: Uint8Array;
  /** What a client must speak that takes it for what it says. */
  readonly announces: ProtocolName | undefined;
  /** What may follow it. */
  readonly dialogues: Dialogues | undefined;
}

/** @param mayTalk a dialogue may follow */
export function greetingWith(banner: Uint8Array, allowsDialogue: boolean): Greeting {
  return {
    banner,
    announces: protocolOfBanner(banner),
    dialogues: allowsDialogue ? dialoguesBehind(banner) : undefined,
  };
}

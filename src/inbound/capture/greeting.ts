import type { ProtocolName } from "../../core/identification.ts";
import { type Dialogues, dialoguesBehind } from "./dialogue-session.ts";
import { protocolOfBanner } from "./expected-protocol.ts";

/** What a decoy sends to a client that waits, and what follows from it. */
export interface Greeting {
  readonly banner: Uint8Array;
  /** The protocol of a client that answers the banner. */
  readonly announces: ProtocolName | undefined;
  /** The dialogues that may follow the banner. */
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

import { parseTextAnswer } from "../../../../wire/greeting/text-answers.ts";
import { ircVersion } from "../../../../wire/irc/server.ts";
import { latin1 } from "../../../../wire/reader.ts";
import { inconclusive, type ProtocolModule } from "../protocol-module.ts";
import { complaintOf } from "./greeters.ts";

/** Servers by their own messages to clients that have not registered. */
const products: readonly (readonly [RegExp, string])[] = [
  [/\bBitlBee/, "BitlBee"],
  // ngIRCd, src/ngircd/messages.h.
  [/ 451 \* :Connection not registered/, "ngIRCd"],
  // InspIRCd, src/command_parse.cpp: with the name of the command, and a period.
  [/ 451 \S+ [A-Z]+ :You have not registered\./, "InspIRCd"],
  [/\binspircd(?:\.org\/|\b)/i, "InspIRCd"],
  [/\bunrealircd\.org\//, "UnrealIRCd"],
  [/\bergo\.chat\//, "Ergo"],
  [/\bsolanum\.chat\//, "Solanum"],
  [/\bznc\.in\//, "ZNC"],
];

/** The client does not register, because that would join the network under a name. */
export const irc: ProtocolModule = {
  name: "irc",
  title: "IRC",
  ports: [6667, 6697, 6668, 6669],
  tlsPorts: [6697],
  proves: "inconclusive",
  complains: complaintOf(ircVersion),
  async recognise(conversation) {
    const received = await conversation.ask(
      ircVersion.ask,
      (bytes) => parseTextAnswer(ircVersion, bytes),
      () => 0,
    );
    if (received.kind !== "received" || !isIrc(conversation.opening)) return undefined;
    const text = latin1(conversation.opening, 0, Math.min(conversation.opening.length, 1024));
    const product = products.find(([pattern]) => pattern.test(text))?.[1];
    return {
      protocol: "irc",
      product,
      evidence: received.value.text,
      judge: () => inconclusive("whether it requires a password is known only after registering"),
    };
  },
};

/** Whether the bytes contain lines of an IRC server: `:name 451 ...`, `ERROR :...`. */
function isIrc(opening: Uint8Array): boolean {
  return /^(?::\S{1,255} (?:\d{3}|NOTICE|CAP) |ERROR :|NOTICE (?:AUTH|\*) :)/.test(
    latin1(opening, 0, Math.min(opening.length, 512)),
  );
}

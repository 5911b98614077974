import { parseSmbAnswer, smbNegotiate } from "../../../../wire/smb/server.ts";
import { inconclusive, type ProtocolModule } from "../protocol-module.ts";

/** NEGOTIATE only: dialect and signing. Which shares are open to guests would show only in a session. */
export const smb: ProtocolModule = {
  name: "smb",
  title: "SMB",
  ports: [445],
  proves: "inconclusive",
  async recognise(conversation) {
    const answer = await conversation.ask(smbNegotiate, parseSmbAnswer);
    if (answer.kind !== "received") return undefined;
    const { dialect, signingRequired } = answer.value;
    const signing = signingRequired ? "signing is required" : "signing is not required";
    return {
      protocol: "smb",
      evidence: `NEGOTIATE: SMB ${dialect}, ${signing}`,
      details: { dialect, signingRequired },
      judge: () => inconclusive(`SMB ${dialect}, ${signing}; which shares guests may use is known only in a session`),
    };
  },
};

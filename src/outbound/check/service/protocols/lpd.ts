import { latin1 } from "../../../../wire/reader.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** RFC 1179, 5.3: the state of a queue, in short. The first byte of a connection is a command, so nothing is printed. */
const queueState = "\x03lp\n";

/** The answer may be any text, so the service is recognised only on its usual port. Access depends on the client's address alone. */
export const lpd: ProtocolModule = {
  name: "lpd",
  title: "LPD",
  ports: [515],
  onUsualPortsOnly: true,
  isPlainOnly: true,
  proves: "exposed",
  async recognise(conversation) {
    conversation.send(queueState);
    const { bytes, ended } = await conversation.collect(() => false);
    const text = latin1(bytes, 0, Math.min(bytes.length, 1024)).trim();
    if (!ended || text === "" || !/^[\t\r\n\f\x20-\x7e\x80-\xff]*$/.test(text) || /^HTTP\//.test(text))
      return undefined;
    return {
      protocol: "lpd",
      evidence: text.split(/\r?\n/, 1)[0] ?? "",
      judge() {
        if (/does not have|not allowed|no permission|permission denied|denied|refused/i.test(text)) {
          return isProtected("refuses this client");
        }
        return /\bno entries\b|\bis ready\b|\bready and printing\b|^Rank\b|\bprinting\b/im.test(text)
          ? exposed("shows its queue and accepts print jobs without authentication")
          : inconclusive("answers this client; whether it prints for this client is known only after a job");
      },
    };
  },
};

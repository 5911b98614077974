import { match, mismatch, type Outcome } from "../../../../wire/outcome.ts";
import { latin1 } from "../../../../wire/reader.ts";
import { exposed, inconclusive, type ProtocolModule } from "../protocol-module.ts";

/** Services of inetd and of old, which are known by what they do with any line. */

const probe = "harbinger\r\n";
const parseEcho = (bytes: Uint8Array): Outcome<true> => {
  const text = latin1(bytes, 0, Math.min(bytes.length, probe.length));
  if (text === probe) return match(true);
  return probe.startsWith(text) ? { kind: "incomplete" } : mismatch;
};

/** RFC 862. */
export const echo: ProtocolModule = {
  name: "echo",
  title: "Echo",
  ports: [7],
  complains: (opening) => opening.length > 14 && latin1(opening, 0, 14) === "GET / HTTP/1.1",
  proves: "inconclusive",
  async recognise(conversation) {
    const answer = await conversation.ask(probe, parseEcho);
    if (answer.kind !== "heard") return undefined;
    return {
      protocol: "echo",
      evidence: "sends back what it is sent",
      judge: () => inconclusive("sends back what anybody sends, as it should"),
    };
  },
};

/** RFC 1288: an empty line asks who is logged in. Any text may come, so that the port has to speak for it. */
export const finger: ProtocolModule = {
  name: "finger",
  title: "Finger",
  ports: [79],
  onUsualPortsOnly: true,
  proves: "exposed",
  async recognise(conversation) {
    conversation.say("\r\n");
    const { bytes, ended } = await conversation.collect(() => false);
    const text = latin1(bytes, 0, Math.min(bytes.length, 512));
    if (bytes.length === 0 || !ended || !/^[\t\r\n\x20-\x7e\x80-\xff]*$/.test(text) || /^HTTP\//.test(text))
      return undefined;
    const said = text.split(/\r?\n/).find((line) => line.trim() !== "") ?? "";
    return {
      protocol: "finger",
      evidence: said,
      judge: () =>
        /^Login\b.*\bName\b/im.test(text)
          ? exposed("lists who is logged in to anybody")
          : inconclusive("answers anybody, and lists nobody"),
    };
  },
};

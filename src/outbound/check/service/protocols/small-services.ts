import { match, mismatch, type Outcome } from "../../../../wire/outcome.ts";
import { latin1 } from "../../../../wire/reader.ts";
import { exposed, inconclusive, type ProtocolModule } from "../protocol-module.ts";

/** The old services of inetd, which are recognised by their answer to any line. */

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
    if (answer.kind !== "received") return undefined;
    return {
      protocol: "echo",
      evidence: "sends back what it is sent",
      judge: () => inconclusive("sends back what any client sends, as intended"),
    };
  },
};

/** RFC 1288: an empty line requests the logged-in users. The answer may be any text, so the service is recognised only on its usual port. */
export const finger: ProtocolModule = {
  name: "finger",
  title: "Finger",
  ports: [79],
  onUsualPortsOnly: true,
  proves: "exposed",
  async recognise(conversation) {
    conversation.send("\r\n");
    const { bytes, ended } = await conversation.collect(() => false);
    const text = latin1(bytes, 0, Math.min(bytes.length, 512));
    if (bytes.length === 0 || !ended || !/^[\t\r\n\x20-\x7e\x80-\xff]*$/.test(text) || /^HTTP\//.test(text))
      return undefined;
    const firstLine = text.split(/\r?\n/).find((line) => line.trim() !== "") ?? "";
    return {
      protocol: "finger",
      evidence: firstLine,
      judge: () =>
        /^Login\b.*\bName\b/im.test(text)
          ? exposed("lists the users that are logged in")
          : inconclusive("answers any client, but lists no users"),
    };
  },
};

/** RFC 868: the seconds since 1900. Four bytes prove nothing, so the service is recognised only on its usual port. */
export const time: ProtocolModule = {
  name: "time",
  title: "Time",
  ports: [37],
  onUsualPortsOnly: true,
  proves: "inconclusive",
  async recognise(conversation) {
    const { bytes, ended } = await conversation.collect(() => false);
    // inetutils sends eight bytes.
    if (!ended || (bytes.length !== 4 && bytes.length !== 8) || bytes.subarray(4).some((byte) => byte !== 0)) {
      return undefined;
    }
    const since1970 = bytes.readUInt32BE(0) - 2_208_988_800;
    if (since1970 < 0) return undefined;
    return {
      protocol: "time",
      evidence: new Date(since1970 * 1000).toISOString(),
      judge: () => inconclusive("sends the time to any client, as intended"),
    };
  },
};

const iperfCookie = `${"harbinger".repeat(4)}\0`;
const isParameterExchange = (bytes: Uint8Array) => bytes.length === 1 && bytes[0] === 9;

/**
 * iperf3 (https://github.com/esnet/iperf, src/iperf_api.h): a client sends a cookie of 37 bytes, and the server requests the
 * parameters of a test by one byte. No test is started.
 */
export const iperf3: ProtocolModule = {
  name: "iperf3",
  title: "iperf3",
  ports: [5201],
  proves: "inconclusive",
  complains: isParameterExchange,
  async recognise(conversation) {
    conversation.send(iperfCookie.slice(0, -1));
    if ((await conversation.listen(200)).length > 0) return undefined;
    const answer = await conversation.ask(iperfCookie.slice(-1), (bytes) =>
      isParameterExchange(bytes) ? match(true) : bytes.length === 0 ? { kind: "incomplete" } : mismatch,
    );
    if (answer.kind !== "received") return undefined;
    return {
      protocol: "iperf3",
      product: "iperf3",
      evidence: "PARAM_EXCHANGE",
      judge: () => inconclusive("whether it requires a password is known only after a test"),
    };
  },
};

import { coapPing, parseCoapSignals } from "../../../../wire/coap/server.ts";
import { esphomeDeviceInfo, esphomeHello, parseEsphomeAnswer } from "../../../../wire/esphome/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

/** The device reports its name and properties before a login. */
export const esphome: ProtocolModule = {
  name: "esphome",
  title: "ESPHome",
  ports: [6053],
  proves: "exposed",
  async recognise(conversation) {
    const hello = await conversation.ask(esphomeHello, parseEsphomeAnswer);
    if (hello.kind !== "received") return undefined;
    const { isEncrypted, name, version } = hello.value;
    const info = isEncrypted ? undefined : await conversation.ask(esphomeDeviceInfo, parseEsphomeAnswer);
    const device = info?.kind === "received" ? info.value : undefined;
    const release = device?.version ?? version;
    return {
      protocol: "esphome",
      product: "ESPHome",
      version: release,
      evidence: isEncrypted ? "Bad indicator byte" : `HelloResponse ${name ?? ""}`.trim(),
      judge() {
        if (isEncrypted) return isProtected("requires its key");
        if (device?.usesPassword === undefined) return inconclusive("does not report whether it requires a password");
        return device.usesPassword
          ? isProtected("requires a password")
          : exposed("accepts commands without a password and without encryption");
      },
    };
  },
};

export const coap: ProtocolModule = {
  name: "coap",
  title: "CoAP",
  ports: [5683, 5684],
  tlsPorts: [5684],
  proves: "inconclusive",
  /** The server sends its capabilities first: RFC 8323, 5.3. */
  complains: (opening) => opening.length >= 2 && opening[1] === 0xe1 && parseCoapSignals(opening).kind !== "mismatch",
  async recognise(conversation) {
    const answer = await conversation.ask(coapPing, parseCoapSignals);
    if (answer.kind !== "received") return undefined;
    return {
      protocol: "coap",
      evidence: "CSM, Pong",
      judge: () => inconclusive("which resources are public is unknown without their names"),
    };
  },
};

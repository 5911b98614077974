import {
  mqttConnect,
  mqttDisconnect,
  mqttSubscribe,
  parseMqttConnack,
  parseMqttPublish,
} from "../../../../wire/mqtt/server.ts";
import { exposed, inconclusive, isProtected, type ProtocolModule } from "../protocol-module.ts";

const refusals: Readonly<Record<number, string>> = {
  1: "does not speak MQTT 3.1.1",
  2: "rejects the client identifier",
  3: "is unavailable",
};

/** A CONNECT without user and password; the return code of CONNACK (its fourth byte) is the answer. */
export const mqtt: ProtocolModule = {
  name: "mqtt",
  title: "MQTT",
  ports: [1883, 8883],
  tlsPorts: [8883],
  proves: "exposed",
  async recognise(conversation) {
    const answer = await conversation.ask(mqttConnect("harbinger-check"), parseMqttConnack);
    if (answer.kind !== "received") return undefined;
    const { returnCode } = answer.value;
    const evidence = `CONNACK return code ${returnCode}`;
    if (returnCode !== 0) {
      return {
        protocol: "mqtt",
        evidence,
        judge: () =>
          returnCode >= 4
            ? isProtected(returnCode === 4 ? "refuses a client without a password" : "refuses an anonymous client")
            : inconclusive(`the broker ${refusals[returnCode] ?? "refuses"}`),
      };
    }
    const banner = await conversation.ask(mqttSubscribe("$SYS/broker/version"), parseMqttPublish);
    conversation.send(mqttDisconnect);
    const parts = banner.kind === "received" ? /^(\w+)[ /]+(?:version )?v?(\d[\w.-]*)/i.exec(banner.value) : null;
    const product = parts?.[1];
    const version = parts?.[2];
    return {
      protocol: "mqtt",
      product: product === undefined ? undefined : product.charAt(0).toUpperCase() + product.slice(1),
      version,
      evidence,
      judge: () => exposed("accepts an anonymous client"),
    };
  },
};

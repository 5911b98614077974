import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";
import { readVariableInteger } from "./variable-integer.ts";

/** A CONNECT with a clean session, a keep-alive of 20 seconds, and without user and password. MQTT 3.1.1 section 3.1. */
export function mqttConnect(clientId: string): Uint8Array {
  const id = Buffer.from(clientId.slice(0, 23), "latin1");
  const header = [0x10, 12 + id.length, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0x02, 0, 20, 0, id.length];
  return Buffer.concat([Uint8Array.from(header), id]);
}

export const mqttDisconnect = Uint8Array.of(0xe0, 0);

/** SUBSCRIBE with packet identifier 1 and quality of service 0. */
export function mqttSubscribe(topic: string): Uint8Array {
  const filter = Buffer.from(topic.slice(0, 100), "latin1");
  const header = [0x82, 5 + filter.length, 0, 1, 0, filter.length];
  return Buffer.concat([Uint8Array.from(header), filter, Uint8Array.of(0)]);
}

/** CONNACK. */
export interface MqttConnack {
  readonly returnCode: number;
  readonly sessionPresent: boolean;
}

/** Type and flags, the remaining length (2), acknowledge flags, return code. MQTT 3.1.1 section 3.2. */
export function parseMqttConnack(bytes: Uint8Array): Outcome<MqttConnack> {
  const expected = [0x20, 0x02];
  for (const [at, byte] of expected.entries()) {
    if (bytes[at] === undefined) return incomplete;
    if (bytes[at] !== byte) return mismatch;
  }
  const flags = bytes[2];
  const returnCode = bytes[3];
  if (flags !== undefined && flags > 1) return mismatch;
  if (flags === undefined || returnCode === undefined) return incomplete;
  return returnCode > 5 ? mismatch : match({ returnCode, sessionPresent: flags === 1 });
}

/** The text of the first PUBLISH; other packets (SUBACK) are skipped. MQTT 3.1.1 section 3.3. */
export function parseMqttPublish(bytes: Uint8Array): Outcome<string> {
  const reader = new Reader(bytes);
  for (let packets = 0; packets < 16; packets++) {
    const kind = reader.u8() >> 4;
    const length = readVariableInteger(reader);
    if (reader.overrun) return incomplete;
    if (kind === 0 || length === undefined) return mismatch;
    const packet = reader.view(length);
    if (kind !== 3) {
      if (packet.cut) return incomplete;
      continue;
    }
    packet.skip(packet.u16());
    const text = packet.latin1(packet.remaining);
    return packet.overrun || packet.cut ? { kind: packet.failed() } : match(fact(text));
  }
  return mismatch;
}

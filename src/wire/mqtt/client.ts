import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";
import { mqttSecrets } from "./secrets.ts";
import { readVariableInteger } from "./variable-integer.ts";

/** The CONNECT packet, which every MQTT client sends first. The password is not included. */
export interface MqttConnect {
  /** `3.1`, `3.1.1`, `5.0`. */
  readonly version: string;
  readonly keepAliveSeconds?: number;
  readonly cleanStart?: boolean;
  /** Absent if the server is to assign it. */
  readonly clientId?: string;
  readonly userName?: string;
  readonly hasPassword?: boolean;
  /** The topic of the message that the server publishes if the connection is lost. */
  readonly willTopic?: string;
}

const mqttName = ascii("\0\u0004MQTT");
const earlierName = ascii("\0\u0006MQIsdp");
const versions: Readonly<Record<number, string>> = { 3: "3.1", 4: "3.1.1", 5: "5.0" };

/**
 * Proof: a CONNECT packet with the protocol's name and a matching level.
 * MQTT 3.1.1 and 5.0 (OASIS), section 3.1; MQTT 3.1 (IBM) section 3.1.
 */
export function parse(bytes: Uint8Array): Outcome<MqttConnect> {
  const reader = new Reader(bytes);
  if (reader.remaining === 0) return incomplete;
  if (reader.u8() !== 0x10) return mismatch;
  const length = readVariableInteger(reader);
  if (length === undefined) return mismatch;
  if (reader.overrun) return incomplete;
  if (length < 12) return mismatch;
  const body = reader.view(length);
  const isEarlier = body.peek(1) === 6;
  const name = isEarlier ? earlierName : mqttName;
  const agreement = startsWith(body.bytes, name, body.offset);
  if (agreement !== "match") return { kind: agreement };
  body.skip(name.length);
  const level = body.u8();
  if (body.overrun) return incomplete;
  // A mosquitto bridge sets the highest bit.
  const version = versions[level & 0x7f];
  if (version === undefined || isEarlier !== ((level & 0x7f) === 3)) return mismatch;
  const flags = body.u8();
  const keepAliveSeconds = body.u16();
  if (body.overrun) return match({ version }, false);
  if ((flags & 0x01) !== 0 || (flags & 0x18) === 0x18) return mismatch;
  const value: { -readonly [Name in keyof MqttConnect]: MqttConnect[Name] } = {
    version,
    keepAliveSeconds,
    cleanStart: (flags & 0x02) !== 0,
    hasPassword: (flags & 0x40) !== 0,
  };
  const isWhole = readPayload(body, flags, version === "5.0", value);
  if (!isWhole) return body.cut ? match(value, false) : mismatch;
  return body.remaining === 0 ? match(value) : mismatch;
}

/** Client identifier, will, user name and password, in this order, if the flags announce them. False if one is cut. */
function readPayload(
  body: Reader,
  flags: number,
  hasProperties: boolean,
  value: { clientId?: string; userName?: string; willTopic?: string },
): boolean {
  if (hasProperties && !skipProperties(body)) return false;
  const clientId = field(body);
  if (clientId === undefined) return false;
  if (clientId !== "") value.clientId = clientId;
  if ((flags & 0x04) !== 0) {
    if (hasProperties && !skipProperties(body)) return false;
    const topic = field(body);
    if (topic === undefined) return false;
    value.willTopic = topic;
    if (field(body) === undefined) return false;
  }
  if ((flags & 0x80) !== 0) {
    const userName = field(body);
    if (userName === undefined) return false;
    value.userName = userName;
  }
  return (flags & 0x40) === 0 || field(body) !== undefined;
}

function field(body: Reader): string | undefined {
  const text = body.text(body.u16());
  return body.overrun ? undefined : fact(text);
}

function skipProperties(body: Reader): boolean {
  const length = readVariableInteger(body);
  if (length === undefined) return false;
  body.skip(length);
  return !body.overrun;
}

export const mqtt = protocol({
  name: "mqtt",
  strength: "strong",
  firstBytes: oneOf(0x10),
  parse,
  describe: (value) => ({ mqtt: { ...value } }),
  secrets: mqttSecrets,
});

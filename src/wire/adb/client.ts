import { withoutTrailing } from "../../core/trailing.ts";
import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The first message of the Android Debug Bridge. */
export interface AdbMessage {
  /** `CNXN`, `OPEN` or `STLS`. */
  readonly command: string;
  /** Of CNXN: `0x01000001`. */
  readonly version?: string | undefined;
  /** Of CNXN: how the client describes itself: `host::features=shell_v2,cmd`. */
  readonly systemIdentity?: string | undefined;
  /** Of OPEN: the requested service: `shell:id`. */
  readonly service?: string | undefined;
}

/** The possible commands, with the constant bytes that follow: `STLS` is a command of POP3 too. */
const beginnings = [
  { command: "CNXN", bytes: ascii("CNXN") },
  { command: "OPEN", bytes: ascii("OPEN") },
  { command: "STLS", bytes: ascii("STLS\0\0\0\u0001") },
];
const maxPayloadBytes = 1024 * 1024;

/**
 * Proof: a command whose complement is at the end of the header.
 * https://android.googlesource.com/platform/packages/modules/adb/+/HEAD/protocol.txt
 */
export function parse(bytes: Uint8Array): Outcome<AdbMessage> {
  const command = beginnings.find((beginning) => startsWith(bytes, beginning.bytes) !== "mismatch")?.command;
  if (command === undefined) return mismatch;
  const reader = new Reader(bytes);
  const number = reader.u32le();
  const firstArgument = reader.u32le();
  reader.skip(4);
  const payloadBytes = reader.u32le();
  reader.skip(4);
  const complement = reader.u32le();
  if (reader.overrun) return incomplete;
  if ((number ^ complement) >>> 0 !== 0xffffffff || payloadBytes > maxPayloadBytes) return mismatch;
  const payload = reader.view(payloadBytes);
  const version = `0x${firstArgument.toString(16).padStart(8, "0")}`;
  const value = { command, version: command === "CNXN" ? version : undefined };
  if (payload.cut) return match(value, false);
  const text = fact(withoutTrailing(payload.text(payload.remaining), "\0"));
  return match({
    ...value,
    systemIdentity: command === "CNXN" && text !== "" ? text : undefined,
    service: command === "OPEN" && text !== "" ? text : undefined,
  });
}

export const adb = protocol({
  name: "adb",
  strength: "strong",
  firstBytes: anyOf("COS"),
  parse,
  describe: (value) => ({ adb: { ...value } }),
});

import { readHeaderLines } from "../header-lines.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";
import { stompSecrets } from "./secrets.ts";

/** The first frame of a STOMP client. The passcode is not included. */
export interface StompConnect {
  /** `CONNECT` or `STOMP`. */
  readonly command: string;
  readonly login?: string | undefined;
  readonly host?: string | undefined;
  /** `1.0,1.1,1.2`. */
  readonly acceptVersion?: string | undefined;
}

const commands = ["CONNECT", "STOMP"];
const headers: ReadonlySet<string> = new Set(["login", "host", "accept-version"]);

/**
 * Proof: CONNECT or STOMP alone on its line, then header lines, an empty line and a NUL.
 * https://stomp.github.io/stomp-specification-1.2.html
 */
export function parse(bytes: Uint8Array): Outcome<StompConnect> {
  const command = commands.find((name) => startsWith(bytes, ascii(name)) !== "mismatch");
  if (command === undefined) return mismatch;
  const reader = new Reader(bytes, Math.min(bytes.length, command.length));
  if (reader.peek() === 0x0d) reader.u8();
  const lineEnd = reader.u8();
  if (reader.overrun) return incomplete;
  if (lineEnd !== 0x0a) return mismatch;
  const { values, ended, malformed } = readHeaderLines(reader, headers);
  if (malformed) return mismatch;
  const login = values.get("login");
  const host = values.get("host");
  const acceptVersion = values.get("accept-version");
  const value = {
    command,
    login,
    host,
    acceptVersion,
  };
  if (!ended || reader.remaining === 0) return match(value, false);
  return reader.u8() === 0 ? match(value) : mismatch;
}

export const stomp = protocol({
  name: "stomp",
  strength: "strong",
  firstBytes: anyOf("CS"),
  parse,
  describe: (value) => ({ stomp: { ...value } }),
  secrets: stompSecrets,
});

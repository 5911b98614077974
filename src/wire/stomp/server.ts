import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/** CONNECT for STOMP 1.0 to 1.2, without login and passcode. https://stomp.github.io/stomp-specification-1.2.html */
export const stompConnect = ascii("CONNECT\naccept-version:1.0,1.1,1.2\nhost:/\nheart-beat:0,0\n\n\0");
export const stompDisconnect = ascii("DISCONNECT\n\n\0");

export interface StompFrame {
  readonly command: "CONNECTED" | "ERROR";
  /** `ActiveMQ/5.17.2`, `RabbitMQ/3.10.8`. */
  readonly server?: string | undefined;
  readonly protocolVersion?: string | undefined;
  readonly message?: string | undefined;
}

/** CONNECTED or ERROR. https://stomp.github.io/stomp-specification-1.2.html */
export function parseStompAnswer(bytes: Uint8Array): Outcome<StompFrame> {
  const reader = new Reader(bytes);
  // Line ends between frames are heart-beats.
  while (reader.peek() === 0x0a || reader.peek() === 0x0d) reader.skip(1);
  const command = reader.line(16);
  if (command === undefined) {
    const start = reader.latin1(Math.min(reader.remaining, 9));
    return "CONNECTED".startsWith(start) || "ERROR".startsWith(start) ? incomplete : mismatch;
  }
  if (command !== "CONNECTED" && command !== "ERROR") return mismatch;
  const headers = new Map<string, string>();
  for (;;) {
    const line = reader.line(2048);
    if (line === undefined) return reader.remaining < 2048 ? incomplete : mismatch;
    if (line === "") break;
    const colon = line.indexOf(":");
    if (colon < 1) return mismatch;
    if (headers.size < 32) headers.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const server = headers.get("server");
  const version = headers.get("version");
  const message = headers.get("message");
  return match({
    command,
    server: fact(server),
    protocolVersion: fact(version),
    message: fact(message),
  });
}

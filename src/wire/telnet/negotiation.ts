import { isPlain } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader, wireText } from "../reader.ts";

/** The options that a Telnet client negotiates. Typed lines alone do not prove Telnet. */
export interface TelnetNegotiation {
  /** In the order sent, at most 16: `WILL TERMINAL-TYPE`. */
  readonly negotiations: readonly string[];
  /** `XTERM`. */
  readonly terminal?: string | undefined;
}

/** IANA, "Telnet Options". */
const options: Readonly<Record<number, string>> = {
  0: "BINARY",
  1: "ECHO",
  3: "SUPPRESS-GO-AHEAD",
  5: "STATUS",
  6: "TIMING-MARK",
  18: "LOGOUT",
  24: "TERMINAL-TYPE",
  25: "END-OF-RECORD",
  31: "WINDOW-SIZE",
  32: "TERMINAL-SPEED",
  33: "REMOTE-FLOW-CONTROL",
  34: "LINEMODE",
  35: "X-DISPLAY-LOCATION",
  36: "ENVIRON",
  37: "AUTHENTICATION",
  38: "ENCRYPT",
  39: "NEW-ENVIRON",
  40: "TN3270E",
  42: "CHARSET",
  44: "COM-PORT",
  46: "START-TLS",
  70: "MSSP",
  86: "COMPRESS",
  200: "ATCP",
  201: "GMCP",
};
const highestAssigned = 49;
const commands: Readonly<Record<number, string>> = { 251: "WILL", 252: "WONT", 253: "DO", 254: "DONT" };
const interpretAsCommand = 0xff;
const subnegotiation = 0xfa;
const subnegotiationEnd = 0xf0;
const maxNegotiations = 16;
const maxSubnegotiationBytes = 512;

/**
 * Proof: IAC and the negotiation of an assigned option (RFC 854, RFC 855). Anything else after that ends the list, but is not a
 * mismatch.
 */
export function parseNegotiation(bytes: Uint8Array): Outcome<TelnetNegotiation> {
  const reader = new Reader(bytes);
  const negotiations: string[] = [];
  let terminal: string | undefined;
  const answer = (complete: boolean): Outcome<TelnetNegotiation> =>
    negotiations.length === 0 ? incomplete : match({ negotiations, terminal }, complete);
  const broken = () => (negotiations.length === 0 ? mismatch : answer(true));
  while (reader.peek() === interpretAsCommand && negotiations.length < maxNegotiations) {
    reader.u8();
    const command = reader.u8();
    const verb = commands[command];
    if (reader.overrun) return answer(false);
    if (verb !== undefined) {
      const option = reader.u8();
      if (reader.overrun) return answer(false);
      const name = options[option] ?? (option <= highestAssigned ? String(option) : undefined);
      if (name === undefined) return broken();
      negotiations.push(`${verb} ${name}`);
    } else if (command === subnegotiation) {
      const contents = readSubnegotiation(reader);
      if (contents.kind !== "match") return contents.kind === "mismatch" ? broken() : answer(false);
      const [option = 0, isSend] = contents.value;
      const name = options[option];
      if (name === undefined) return broken();
      negotiations.push(`SB ${name}`);
      const text = wireText(contents.value.subarray(2, 66));
      // RFC 1091: IAC SB TERMINAL-TYPE IS ... IAC SE.
      if (option === 24 && isSend === 0 && isPlain(text)) terminal ??= text;
    } else if (command < 0xf1) return broken();
    // The remaining values, 0xf1 to 0xf9, are commands of two bytes: break, "are you there".
  }
  if (reader.remaining === 0 || negotiations.length > 0) return answer(true);
  return mismatch;
}

/** The bytes up to IAC SE; moves past it. */
function readSubnegotiation(reader: Reader): Outcome<Uint8Array> {
  const start = reader.offset;
  for (let length = 0; length < maxSubnegotiationBytes; length++) {
    if (reader.remaining < 2) return incomplete;
    if (reader.u8() !== interpretAsCommand) continue;
    if (reader.peek() === subnegotiationEnd) {
      reader.u8();
      return match(reader.bytes.subarray(start, reader.offset - 2));
    }
    // A doubled IAC is data.
    if (reader.u8() !== interpretAsCommand) return mismatch;
  }
  return mismatch;
}

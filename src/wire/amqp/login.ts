import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader, wireText } from "../reader.ts";
import type { Secret } from "../secret.ts";
import { readTable } from "./table.ts";

/** The client's response to Connection.Start. */
export interface AmqpLogin {
  readonly mechanism: string;
  readonly user?: string | undefined;
  readonly client?: string | undefined;
  /** Position of the password. */
  readonly secret?: Secret | undefined;
}

const methodFrame = 1;
const frameEnd = 0xce;
const maxFrameBytes = 16_384;

/** Reads Connection.StartOk: properties, mechanism, response and locale. AMQP 0-9-1 section 4.2.3, and its XML, class 10. */
export function readLogin(bytes: Uint8Array): Outcome<AmqpLogin> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  const channel = reader.u16();
  const size = reader.u32();
  if (!reader.overrun && (type !== methodFrame || channel !== 0 || size > maxFrameBytes)) return mismatch;
  const frame = reader.view(size);
  const method = frame.u32();
  if (reader.overrun || frame.cut) return incomplete;
  if (method !== 0x000a000b || reader.peek() !== frameEnd) return reader.peek() === -1 ? incomplete : mismatch;
  const properties = frame.view(frame.u32());
  const mechanism = frame.latin1(frame.u8());
  const length = frame.u32();
  const start = frame.offset;
  const response = frame.take(length);
  if (frame.overrun || !/^[A-Z0-9_-]{1,32}$/.test(mechanism)) return mismatch;
  const client = clientOf(properties);
  return match({ mechanism, ...readResponse(mechanism, response, start), client });
}

function readResponse(mechanism: string, response: Uint8Array, start: number): Pick<AmqpLogin, "user" | "secret"> {
  const end = start + response.length;
  if (mechanism === "PLAIN") {
    const first = response.indexOf(0);
    const second = first === -1 ? -1 : response.indexOf(0, first + 1);
    if (second !== -1) {
      const text = wireText(response.subarray(second + 1));
      return {
        user: fact(wireText(response.subarray(first + 1, second))),
        secret: text === "" ? undefined : { start: start + second + 1, end, text },
      };
    }
  }
  const user = mechanism === "AMQPLAIN" ? readTable(new Reader(response)).get("LOGIN") : undefined;
  return { user: fact(user), secret: response.length > 0 ? { start, end } : undefined };
}

function clientOf(properties: Reader): string | undefined {
  const values = readTable(properties);
  const product = values.get("product");
  return product === undefined ? undefined : fact(`${product} ${values.get("version") ?? ""}`.trim());
}

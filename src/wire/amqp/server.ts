import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader, startsWith } from "../reader.ts";
import { readTable } from "./table.ts";

/** AMQP 0-9-1. https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf */
export const amqpHeader = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1);

export type AmqpStart =
  | {
      readonly kind: "start";
      readonly product?: string | undefined;
      readonly version?: string | undefined;
      readonly mechanisms: readonly string[];
    }
  /** The server uses another version of AMQP, which it names: `0.1.0.0`. */
  | { readonly kind: "other-version"; readonly version: string };

/** The answer to a protocol header: Connection.Start, or the header of the version that the server prefers. */
export function parseAmqpStart(bytes: Uint8Array): Outcome<AmqpStart> {
  const header = startsWith(bytes, ascii("AMQP"));
  if (header === "incomplete") return incomplete;
  if (header === "match") {
    if (bytes.length < 8) return incomplete;
    // Protocol identifiers are 0 to 3 (2 for TLS, 3 for SASL), and versions are small: anything else is text.
    const isVersion = bytes.subarray(4, 8).every((byte) => byte < 32);
    return isVersion ? match({ kind: "other-version", version: bytes.subarray(4, 8).join(".") }) : mismatch;
  }
  const method = readMethod(bytes);
  if (method.kind !== "match") return method;
  const { classId, methodId, body } = method.value;
  if (classId !== 10 || methodId !== 10) return mismatch;
  body.skip(2);
  const properties = readTable(body.view(body.u32()));
  const mechanisms = body.latin1(body.u32());
  if (body.overrun) return { kind: body.failed() };
  const product = properties.get("product");
  const version = properties.get("version");
  return match({
    kind: "start",
    product,
    version,
    mechanisms: fact(mechanisms)
      .split(" ")
      .filter((name) => name !== ""),
  });
}

/** Connection.StartOk with the mechanism ANONYMOUS (RFC 4505) and no trace information. */
export const amqpStartAnonymous = method(10, 11, [
  0,
  0,
  0,
  0, // client properties: none
  9,
  ...ascii("ANONYMOUS"),
  0,
  0,
  0,
  0, // response
  5,
  ...ascii("en_US"),
]);

/** Connection.Close with reply code 200. */
export const amqpClose = method(10, 50, [0, 200, 3, ...ascii("bye"), 0, 0, 0, 0]);

export type AmqpLogin = { readonly kind: "tune" } | { readonly kind: "refused"; readonly text: string };

/** The answer to StartOk: Tune means that the login succeeded. */
export function parseAmqpLogin(bytes: Uint8Array): Outcome<AmqpLogin> {
  const answer = readMethod(bytes);
  if (answer.kind !== "match") return answer;
  const { classId, methodId, body } = answer.value;
  if (classId !== 10) return mismatch;
  if (methodId === 30) return match({ kind: "tune" });
  if (methodId !== 50 && methodId !== 20) return mismatch;
  const code = methodId === 50 ? body.u16() : 0;
  const text = methodId === 50 ? body.latin1(body.u8()) : "asks for more";
  if (body.overrun) return { kind: body.failed() };
  return match({ kind: "refused", text: fact(code === 0 ? text : `${code} ${text}`) });
}

function method(classId: number, methodId: number, payload: readonly number[]): Uint8Array {
  const size = payload.length + 4;
  return Uint8Array.of(1, 0, 0, 0, 0, size >> 8, size & 0xff, 0, classId, 0, methodId, ...payload, 0xce);
}

function readMethod(
  bytes: Uint8Array,
): Outcome<{ readonly classId: number; readonly methodId: number; readonly body: Reader }> {
  const reader = new Reader(bytes);
  const kind = reader.u8();
  const channel = reader.u16();
  const size = reader.u32();
  if (bytes.length > 0 && kind !== 1) return mismatch;
  if (reader.overrun) return incomplete;
  if (channel !== 0 || size < 4 || size > 16_000) return mismatch;
  const body = reader.view(size);
  const end = reader.u8();
  if (reader.overrun) return incomplete;
  if (end !== 0xce) return mismatch;
  return match({ classId: body.u16(), methodId: body.u16(), body });
}

import { nonEmpty } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";
import { readLogin } from "./login.ts";
import { mssqlSecrets } from "./secrets.ts";
import type { MssqlStart } from "./start.ts";

const prelogin = 0x12;
const login7 = 0x10;
const headerBytes = 8;

/**
 * Proof: a TDS packet header (type, status, length, window 0), and a PRELOGIN with a consistent option table or a LOGIN7 with
 * a matching length and a TDS version. [MS-TDS] sections 2.2.3.1, 2.2.6.4 (LOGIN7), 2.2.6.5 (PRELOGIN).
 */
export function parse(bytes: Uint8Array): Outcome<MssqlStart> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  if (reader.overrun) return incomplete;
  if (type !== prelogin && type !== login7) return mismatch;
  const status = reader.u8();
  if (status > 0x0f) return mismatch;
  const length = reader.u16();
  if (!reader.overrun && length < headerBytes + 6) return mismatch;
  reader.u16();
  reader.u8();
  const window = reader.u8();
  if (reader.overrun) return incomplete;
  if (window !== 0) return mismatch;
  const body = reader.view(length - headerBytes);
  if (type === login7) return readLogin(body);
  const start = readPrelogin(body);
  return start.kind === "match" && start.complete && reader.remaining > 0 ? withLogin(start.value, reader) : start;
}

/** Adds the facts of the login that follows, if it is not encrypted. */
function withLogin(start: MssqlStart, reader: Reader): Outcome<MssqlStart> {
  const type = reader.u8();
  reader.u8();
  const length = reader.u16();
  reader.skip(4);
  if (reader.overrun) return match(start, type !== login7 && type !== 0);
  if (type !== login7 || length < headerBytes) return match(start);
  const login = readLogin(reader.view(length - headerBytes));
  if (login.kind !== "match") return match(start, login.kind === "mismatch");
  const { request: _request, version: _version, ...facts } = login.value;
  return match({ ...start, ...facts }, login.complete);
}

const encryptions: Readonly<Record<number, string>> = { 0: "off", 1: "on", 2: "not-supported", 3: "required" };
const maxOptions = 16;

function readPrelogin(body: Reader): Outcome<MssqlStart> {
  const length = body.cut ? undefined : body.remaining;
  const data = body.offset;
  let end: number | undefined;
  const options = new Map<number, { readonly offset: number; readonly length: number }>();
  for (;;) {
    const token = body.u8();
    if (body.overrun) return { kind: body.failed() };
    if (token === 0xff) break;
    // VERSION must come first.
    if (options.size === 0 && token !== 0) return mismatch;
    if (options.size === maxOptions || options.has(token)) return mismatch;
    const option = { offset: body.u16(), length: body.u16() };
    if (body.overrun) return { kind: body.failed() };
    if (token === 0 && option.length !== 6) return mismatch;
    if (length !== undefined && option.offset + option.length > length) return mismatch;
    options.set(token, option);
    end = Math.max(end ?? 0, option.offset + option.length);
  }
  if (options.size === 0) return mismatch;
  const read = (token: number): Reader | undefined => {
    const option = options.get(token);
    if (option === undefined || data + option.offset + option.length > body.end) return undefined;
    return new Reader(body.bytes, data + option.offset, data + option.offset + option.length, false);
  };
  const version = read(0);
  const encryption = read(1)?.peek();
  const instance = read(2)?.cString(256);
  const encryptionName = encryption === undefined ? undefined : encryptions[encryption & 0x0f];
  return match(
    {
      request: "prelogin" as const,
      version: version === undefined ? undefined : `${version.u8()}.${version.u8()}.${version.u16()}`,
      encryption: encryptionName,
      instance: nonEmpty(instance),
    },
    data + (end ?? 0) <= body.end,
  );
}

export const mssql = protocol({
  name: "mssql",
  strength: "strong",
  firstBytes: oneOf(0x10, 0x12),
  parse,
  describe: (value) => ({ mssql: { ...value } }),
  secrets: mssqlSecrets,
});

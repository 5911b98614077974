import { ascii } from "../reader.ts";

/** A server's name in its challenge. */
const serverName = "SERVER";
const ntlm = "060a2b06010401823702020a";
/** SPNEGO with NTLM as the only mechanism. RFC 4178 section 4.2.1; [MS-SPNG] 2.2.1. */
const onlyNtlm = Buffer.from(`601c06062b0601050502a0123010a00e300c${ntlm}`, "hex");
const moreProcessingRequired = 0xc0000016;
const anyRevision = 0x02ff;
/** Revisions whose answer needs no negotiate contexts, in order of preference. */
const revisions = [0x0210, 0x0202, 0x0302, 0x0300];
const negotiate = 0;
const sessionSetup = 1;
const headerBytes = 64;
const sessionSetupBytes = 24;

/**
 * The answer of an SMB 2 server to the last message in these bytes, so that the client continues and sends its user name: NTLM as
 * the answer to a negotiation, and a challenge to the beginning of a login. `undefined` for anything else. No login succeeds.
 */
export function smbAnswer(bytes: Uint8Array): Uint8Array | undefined {
  const message = lastMessage(bytes);
  if (message === undefined) return undefined;
  if (message[0] === 0xff) return asksForSmb2(message) ? negotiateAnswer(anyRevision, 0n) : undefined;
  if (message.length < headerBytes || message[0] !== 0xfe) return undefined;
  const command = message.readUInt16LE(12);
  const messageId = message.readBigUInt64LE(24);
  if (command === negotiate) {
    const revision = revisions.find((known) => offered(message).includes(known));
    return revision === undefined ? undefined : negotiateAnswer(revision, messageId);
  }
  const begins =
    message.length >= headerBytes + sessionSetupBytes &&
    command === sessionSetup &&
    message.includes(Buffer.from("NTLMSSP\0\u0001\0\0\0", "latin1"));
  return begins ? challengeAnswer(message, messageId) : undefined;
}

/** The last message without its NetBIOS header; `undefined` if it is cut. */
function lastMessage(bytes: Uint8Array): Buffer | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 4 <= all.length) {
    const end = at + 4 + all.readUIntBE(at + 1, 3);
    if (end === all.length) return all.subarray(at + 4);
    at = end;
  }
  return undefined;
}

function asksForSmb2(message: Buffer): boolean {
  return message[4] === 0x72 && message.includes(Buffer.from(ascii("SMB 2.???\0")));
}

/** [MS-SMB2] 2.2.3. */
function offered(message: Buffer): readonly number[] {
  if (message.length < headerBytes + 36) return [];
  const count = Math.min(message.readUInt16LE(headerBytes + 2), (message.length - headerBytes - 36) >> 1, 32);
  return Array.from({ length: count }, (_, index) => message.readUInt16LE(headerBytes + 36 + index * 2));
}

/** [MS-SMB2] 2.2.4. */
function negotiateAnswer(revision: number, messageId: bigint): Buffer {
  const body = Buffer.alloc(64);
  body.writeUInt16LE(65, 0);
  // Signing is possible.
  body.writeUInt16LE(1, 2);
  body.writeUInt16LE(revision, 4);
  body.fill(0x5a, 8, 24);
  for (const at of [28, 32, 36]) body.writeUInt32LE(65_536, at);
  body.writeUInt16LE(headerBytes + 64, 56);
  body.writeUInt16LE(onlyNtlm.length, 58);
  return framed(header(negotiate, messageId, 0, 0n), body, onlyNtlm);
}

/** [MS-SMB2] 2.2.6. If the client wraps its login in SPNEGO, the challenge is wrapped too. */
function challengeAnswer(message: Buffer, messageId: bigint): Buffer {
  const bare = challenge();
  const isBare = message.indexOf("NTLMSSP\0", 0, "latin1") === message.readUInt16LE(headerBytes + 12);
  const token = isBare ? bare : wrapped(bare);
  const body = Buffer.alloc(8);
  body.writeUInt16LE(9, 0);
  body.writeUInt16LE(headerBytes + 8, 4);
  body.writeUInt16LE(token.length, 6);
  return framed(header(sessionSetup, messageId, moreProcessingRequired, 0x1_0000_0001n), body, token);
}

/** [MS-SMB2] 2.2.1.2: an answer that grants credits. */
function header(command: number, messageId: bigint, status: number, session: bigint): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.write("\xfeSMB", 0, "latin1");
  bytes.writeUInt16LE(headerBytes, 4);
  bytes.writeUInt32LE(status, 8);
  bytes.writeUInt16LE(command, 12);
  bytes.writeUInt16LE(1, 14);
  bytes.writeUInt32LE(1, 16);
  bytes.writeBigUInt64LE(messageId, 24);
  bytes.writeBigUInt64LE(session, 40);
  return bytes;
}

function framed(...parts: readonly Buffer[]): Buffer {
  const message = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length, 0);
  return Buffer.concat([length, message]);
}

/** [MS-NLMP] 2.2.1.2. */
function challenge(): Buffer {
  const name = Buffer.from(serverName, "utf16le");
  const pair = (id: number) => Buffer.concat([numbers16(id, name.length), name]);
  // The names of the domain and of the server, and the end.
  const info = Buffer.concat([pair(2), pair(1), numbers16(0, 0)]);
  const fixed = Buffer.alloc(56);
  fixed.write("NTLMSSP\0", 0, "latin1");
  fixed.writeUInt32LE(2, 8);
  numbers16(name.length, name.length).copy(fixed, 12);
  fixed.writeUInt32LE(fixed.length, 16);
  fixed.writeUInt32LE(0x628a8215, 20);
  // The challenge is constant, because the client's response is not stored.
  fixed.write("1122334455667788", 24, "hex");
  numbers16(info.length, info.length).copy(fixed, 40);
  fixed.writeUInt32LE(fixed.length + name.length, 44);
  fixed.write("0a0000000000000f", 48, "hex");
  return Buffer.concat([fixed, name, info]);
}

function numbers16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
}

/** SPNEGO: accepted so far, NTLM, and its token. RFC 4178 section 4.2.2. */
function wrapped(token: Buffer): Buffer {
  const response = element(0xa2, element(0x04, token));
  const parts = Buffer.concat([Buffer.from(`a0030a0101a10c${ntlm}`, "hex"), response]);
  return element(0xa1, element(0x30, parts));
}

function element(tag: number, contents: Buffer): Buffer {
  const { length } = contents;
  return Buffer.concat([
    length < 0x80 ? Buffer.of(tag, length) : Buffer.of(tag, 0x82, length >> 8, length & 0xff),
    contents,
  ]);
}

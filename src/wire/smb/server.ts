import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** SMB2 NEGOTIATE for dialects 2.0.2 to 3.0.2, over direct TCP. [MS-SMB2] 2.2.3. */
export const smbNegotiate = (() => {
  const dialects = [0x0202, 0x0210, 0x0300, 0x0302];
  const message = Buffer.alloc(4 + 64 + 36 + dialects.length * 2);
  message.writeUInt32BE(message.length - 4, 0);
  message.write("\xfeSMB", 4, "latin1");
  message.writeUInt16LE(64, 8);
  message.writeUInt16LE(1, 18); // credits
  const body = 68;
  message.writeUInt16LE(36, body);
  message.writeUInt16LE(dialects.length, body + 2);
  message.writeUInt16LE(1, body + 4); // signing enabled
  for (const [index, dialect] of dialects.entries()) message.writeUInt16LE(dialect, body + 36 + index * 2);
  return new Uint8Array(message);
})();

export interface SmbAnswer {
  /** `2.1`, `3.0.2`; `1` for a server that answers with SMB 1. */
  readonly dialect: string;
  readonly signingRequired: boolean;
}

const dialectNames: Readonly<Record<number, string>> = {
  514: "2.0.2",
  528: "2.1",
  768: "3.0",
  770: "3.0.2",
  785: "3.1.1",
};

/** The NEGOTIATE response. [MS-SMB2] section 2.2.4. */
export function parseSmbAnswer(bytes: Uint8Array): Outcome<SmbAnswer> {
  const reader = new Reader(bytes);
  const kind = reader.u8();
  if (bytes.length > 0 && kind !== 0) return mismatch;
  const length = reader.u24();
  const magic = reader.latin1(4);
  if (reader.overrun) return incomplete;
  if (length < 32 || length > 16_000) return mismatch;
  if (magic === "\xffSMB") return match({ dialect: "1", signingRequired: false });
  if (magic !== "\xfeSMB" || reader.u16le() !== 64) return reader.overrun ? incomplete : mismatch;
  reader.skip(2 + 4);
  const command = reader.u16le();
  reader.skip(64 - 14);
  const structureSize = reader.u16le();
  const securityMode = reader.u16le();
  const dialect = dialectNames[reader.u16le()];
  if (reader.overrun) return incomplete;
  if (command !== 0 || structureSize !== 65 || dialect === undefined) return mismatch;
  return match({ dialect, signingRequired: (securityMode & 2) !== 0 });
}

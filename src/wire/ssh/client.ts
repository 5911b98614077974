import type { Descriptions } from "../../core/identification.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith, wireText } from "../reader.ts";
import { hassh, hasshAlgorithms } from "./hassh.ts";
import { type KeyExchangeInit, parseKeyExchangeInit } from "./key-exchange-init.ts";

/** The first bytes of an SSH client. */
export interface SshClient {
  /** The identification line without its line end: `SSH-2.0-OpenSSH_9.9`. Not made safe. */
  readonly ident: string;
  /** `undefined` until SSH_MSG_KEXINIT has arrived completely. A client may wait for the server's line before it sends that. */
  readonly keyExchange: KeyExchangeInit | undefined;
}

const prefix = ascii("SSH-");
/** RFC 4253 section 4.2, CR and LF included. */
const maxLineBytes = 255;
/** Only servers may send lines before the identification, but a few lines of a client are tolerated. */
const maxPrecedingLines = 8;

/** Proof: the identification line (RFC 4253 section 4.2), also after other lines. */
export function parse(bytes: Uint8Array): Outcome<SshClient> {
  return parseFrom(new Reader(bytes), maxPrecedingLines);
}

/** As {@link parse}, with the identification as the first line. RFC 4253 section 4.2. */
export function parseAtOnce(bytes: Uint8Array): Outcome<SshClient> {
  return parseFrom(new Reader(bytes), 0);
}

function parseFrom(reader: Reader, precedingLines: number): Outcome<SshClient> {
  const { bytes } = reader;
  for (let line = 0; line <= precedingLines; line++) {
    const start = startsWith(bytes, prefix, reader.offset);
    if (start === "match") return parseIdentification(reader);
    if (start === "incomplete") return incomplete;
    if (line === precedingLines || !isText(reader.peek())) return mismatch;
    if (reader.line(maxLineBytes) === undefined) return reader.remaining < maxLineBytes ? incomplete : mismatch;
  }
  return mismatch;
}

function parseIdentification(reader: Reader): Outcome<SshClient> {
  const start = reader.offset;
  const ident = reader.line(maxLineBytes);
  if (ident === undefined) {
    const cut = reader.remaining < maxLineBytes;
    const end = Math.min(reader.end, start + maxLineBytes);
    return match({ ident: wireText(reader.bytes.subarray(start, end), cut), keyExchange: undefined }, !cut);
  }
  const keyExchange = parseKeyExchangeInit(reader);
  const found = keyExchange.kind === "match" ? keyExchange.value : undefined;
  // SSH 1 has no such message. After a mismatch more bytes do not help.
  const more = keyExchange.kind === "incomplete" && !/^SSH-1\.[0-8]/.test(ident);
  return match({ ident, keyExchange: found }, !more);
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0d || byte === 0x0a;
}

export const ssh = protocol({ name: "ssh", strength: "strong", firstBytes: anyOf("S"), parse: parseAtOnce, describe });

/** The identification after other lines. Weak, because any text could be such a line. */
export const sshAfterLines = protocol({
  name: "ssh",
  strength: "weak",
  firstBytes: (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0d || byte === 0x0a,
  parse: (bytes) => {
    const outcome = parse(bytes);
    // Half a line of text is not a sign of SSH.
    return outcome.kind === "incomplete" ? { kind: "mismatch" } : outcome;
  },
  describe,
});

function describe({ ident, keyExchange }: SshClient): Descriptions {
  return {
    ssh:
      keyExchange === undefined
        ? { ident }
        : { ident, hassh: hassh(keyExchange), hasshAlgorithms: hasshAlgorithms(keyExchange) },
  };
}

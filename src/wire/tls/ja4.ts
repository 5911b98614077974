import { hash } from "node:crypto";
import { type ClientHello, withoutGrease } from "./client-hello.ts";

const serverName = 0x0000;
const applicationLayerProtocol = 0x0010;
const emptyHash = "000000000000";

/**
 * JA4 of a ClientHello over TCP: `a_b_c`. Meaningful only for a complete ClientHello.
 * https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md
 */
export function ja4(hello: ClientHello): string {
  const parts = ja4Parts(hello);
  const extensions = parts.signatureAlgorithms === "" ? "" : `_${parts.signatureAlgorithms}`;
  const c = parts.extensions === "" ? emptyHash : shortHash(parts.extensions + extensions);
  return `${parts.a}_${parts.ciphers === "" ? emptyHash : shortHash(parts.ciphers)}_${c}`;
}

/** JA4_r: the same with lists instead of their hashes. */
export function ja4Raw(hello: ClientHello): string {
  const parts = ja4Parts(hello);
  const text = `${parts.a}_${parts.ciphers}_${parts.extensions}`;
  return parts.signatureAlgorithms === "" ? text : `${text}_${parts.signatureAlgorithms}`;
}

interface Ja4Parts {
  readonly a: string;
  readonly ciphers: string;
  readonly extensions: string;
  readonly signatureAlgorithms: string;
}

function ja4Parts(hello: ClientHello): Ja4Parts {
  const ciphers = withoutGrease(hello.cipherSuites);
  const extensions = withoutGrease(hello.extensions);
  const named = extensions.includes(serverName) ? "d" : "i";
  const counts = twoDigits(ciphers.length) + twoDigits(extensions.length);
  return {
    a: `t${versionCode(hello.version)}${named}${counts}${alpnCode(hello.alpn[0] ?? "")}`,
    ciphers: hexList(ciphers.sort(ascending)),
    extensions: hexList(
      extensions.filter((type) => type !== serverName && type !== applicationLayerProtocol).sort(ascending),
    ),
    signatureAlgorithms: hexList(withoutGrease(hello.signatureAlgorithms)),
  };
}

function versionCode(version: number): string {
  switch (version) {
    case 0x0304:
      return "13";
    case 0x0303:
      return "12";
    case 0x0302:
      return "11";
    case 0x0301:
      return "10";
    case 0x0300:
      return "s3";
    case 0x0002:
      return "s2";
    default:
      return "00";
  }
}

/** First and last character of the first ALPN value; of its hex if either is not an ASCII letter or digit. */
function alpnCode(value: string): string {
  if (value === "") return "00";
  const ends = value.charAt(0) + value.charAt(value.length - 1);
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends;
  return hexByte(value.charCodeAt(0)).charAt(0) + hexByte(value.charCodeAt(value.length - 1)).charAt(1);
}

const hexBytes: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hexByte(byte: number): string {
  return hexBytes[byte & 0xff] ?? "";
}

function hexList(values: readonly number[]): string {
  return values.map((value) => hexByte(value >> 8) + hexByte(value)).join(",");
}

function ascending(a: number, b: number): number {
  return a - b;
}

function twoDigits(count: number): string {
  return String(Math.min(count, 99)).padStart(2, "0");
}

function shortHash(text: string): string {
  return hash("sha256", text).slice(0, 12);
}

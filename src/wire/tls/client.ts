import type { TlsDescription } from "../../core/identification.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { ascii, Reader, wireText } from "../reader.ts";
import { type ClientHello, highestVersion, versionName } from "./client-hello.ts";
import { ja3 } from "./ja3.ts";
import { ja4 } from "./ja4.ts";
import { firstHandshakeMessage, isOrdinaryRecord } from "./records.ts";
import { parseSslv2 } from "./sslv2.ts";

const clientHello = 1;

const extension = {
  serverName: 0,
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  alpn: 16,
  supportedVersions: 43,
} as const;

/**
 * Proof: a ClientHello of TLS or SSL. A cut one is a match with `complete: false` and the fields that have arrived.
 * RFC 8446 sections 4.1.2 and 5.1.
 */
export function parse(bytes: Uint8Array): Outcome<ClientHello> {
  if (bytes.length === 0) return incomplete;
  if (bytes[0] !== 0x16) return parseSslv2(bytes);
  const message = firstHandshakeMessage(bytes);
  if (message === "incomplete") return incomplete;
  if (message === "mismatch") return mismatch;
  if (!isOrdinaryRecord(bytes)) {
    const proof = beginsAsClientHello(message);
    if (proof !== "match") return proof === "incomplete" ? incomplete : mismatch;
  }
  const type = message.peek();
  if (type === -1) return incomplete;
  if (type !== clientHello) return mismatch;
  message.skip(1);
  const bodyBytes = message.u24();
  if (message.overrun) return match(new Hello().finish(false), false);
  // If the records end before the message does, the rest will not arrive: read what is there.
  const contradicted = !message.cut && bodyBytes > message.remaining;
  const body = message.view(contradicted ? message.remaining : bodyBytes);
  const hello = new Hello();
  const wellFormed = readBody(body, hello) && !contradicted;
  if (hello.legacyVersion >> 8 !== 3 && hello.legacyVersion !== 0) return mismatch;
  return match(hello.finish(wellFormed), !body.cut);
}

/**
 * If the version of the record proves nothing, the message must: its type, a version of SSL 3 or TLS, a session id of at most 32
 * bytes, and a list of cipher suites with an even length.
 */
function beginsAsClientHello(message: Reader): Outcome<never>["kind"] {
  const start = new Reader(message.bytes, message.offset, message.end, message.cut);
  const type = start.u8();
  if (!start.overrun && type !== clientHello) return "mismatch";
  const length = start.u24();
  const version = start.u16();
  if (!start.overrun && (version >> 8 !== 3 || length < 41)) return "mismatch";
  start.skip(32);
  const sessionBytes = start.u8();
  if (!start.overrun && sessionBytes > 32) return "mismatch";
  start.skip(sessionBytes);
  const cipherBytes = start.u16();
  if (start.overrun) return start.failed();
  return cipherBytes > 0 && cipherBytes % 2 === 0 ? "match" : "mismatch";
}

/** Reads the fields in order; false if the body is cut or contradicts itself. */
function readBody(body: Reader, hello: Hello): boolean {
  hello.legacyVersion = body.u16();
  body.skip(32);
  body.skip(body.u8());
  const ciphers = body.view(body.u16());
  while (ciphers.remaining >= 2) hello.cipherSuites.push(ciphers.u16());
  const evenCiphers = ciphers.remaining === 0;
  body.skip(body.u8());
  if (body.overrun) return false;
  // Before TLS 1.2, and rarely since then, a ClientHello ends here.
  if (body.remaining === 0) return evenCiphers;
  const extensions = body.view(body.u16());
  let extensionsAreWhole = true;
  while (extensions.remaining > 0 && !extensions.overrun) {
    const type = extensions.u16();
    const data = extensions.view(extensions.u16());
    if (extensions.overrun) break;
    hello.extensions.push(type);
    if (!readExtension(type, data, hello)) extensionsAreWhole = false;
  }
  return evenCiphers && extensionsAreWhole && !body.overrun && !extensions.overrun && !extensions.cut;
}

function readExtension(type: number, data: Reader, hello: Hello): boolean {
  switch (type) {
    case extension.serverName:
      readServerName(data, hello);
      break;
    case extension.supportedGroups:
      readNumbers(data.view(data.u16()), hello.supportedGroups);
      break;
    case extension.pointFormats: {
      const formats = data.view(data.u8());
      while (formats.remaining > 0) hello.pointFormats.push(formats.u8());
      break;
    }
    case extension.signatureAlgorithms:
      readNumbers(data.view(data.u16()), hello.signatureAlgorithms);
      break;
    case extension.alpn: {
      const values = data.view(data.u16());
      while (values.remaining > 0) {
        const value = values.latin1(values.u8());
        if (values.overrun) break;
        hello.alpn.push(value);
      }
      break;
    }
    case extension.supportedVersions:
      readNumbers(data.view(data.u8()), hello.supportedVersions);
      break;
    default:
      return !data.cut;
  }
  return !data.overrun && !data.cut;
}

/** The first host name of the list (RFC 6066 section 3). The extension may be empty. */
function readServerName(data: Reader, hello: Hello): void {
  if (data.remaining === 0) return;
  const list = data.view(data.u16());
  while (list.remaining > 0) {
    const type = list.u8();
    const name = list.text(list.u16());
    // Half of a name would be another name.
    if (list.overrun) return;
    if (type === 0) {
      hello.sni = name;
      return;
    }
  }
}

function readNumbers(list: Reader, into: number[]): void {
  while (list.remaining >= 2) into.push(list.u16());
}

/** A ClientHello that is being read. */
class Hello {
  legacyVersion = 0;
  sni: string | undefined = undefined;
  readonly alpn: string[] = [];
  readonly cipherSuites: number[] = [];
  readonly extensions: number[] = [];
  readonly supportedGroups: number[] = [];
  readonly pointFormats: number[] = [];
  readonly signatureAlgorithms: number[] = [];
  readonly supportedVersions: number[] = [];

  finish(whole: boolean): ClientHello {
    return {
      format: "tls",
      legacyVersion: this.legacyVersion,
      version: highestVersion(this.legacyVersion, this.supportedVersions),
      sni: this.sni,
      alpn: this.alpn,
      cipherSuites: this.cipherSuites,
      extensions: this.extensions,
      supportedGroups: this.supportedGroups,
      pointFormats: this.pointFormats,
      signatureAlgorithms: this.signatureAlgorithms,
      supportedVersions: this.supportedVersions,
      whole,
    };
  }
}

export const tls = protocol({
  name: "tls",
  strength: "strong",
  // 0x16 opens a handshake record, the others the record of an SSL 2.0 ClientHello of up to 1 KiB.
  firstBytes: (byte) => byte === 0x16 || (byte >= 0x80 && byte <= 0x84),
  parse,
  describe: (hello) => ({ tls: describe(hello) }),
});

function describe(hello: ClientHello): TlsDescription {
  const known = {
    version: versionName(hello.version),
    sni: hello.sni,
    alpn: hello.alpn.map((value) => wireText(ascii(value))),
  };
  return hello.whole && hello.format === "tls" ? { ...known, ja3: ja3(hello), ja4: ja4(hello) } : known;
}

import type { TlsDescription } from "../../core/identification.ts";
import { protocol } from "../protocol.ts";
import { ascii, wireText } from "../reader.ts";
import { parse } from "./client.ts";
import { type ClientHello, versionName } from "./client-hello.ts";
import { ja3 } from "./ja3.ts";
import { ja4 } from "./ja4.ts";

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
    ...(hello.sni !== undefined && { sni: hello.sni }),
    alpn: hello.alpn.map((value) => wireText(ascii(value))),
  };
  return hello.whole && hello.format === "tls" ? { ...known, ja3: ja3(hello), ja4: ja4(hello) } : known;
}

import { hash } from "node:crypto";
import { type ClientHello, withoutGrease } from "./client-hello.ts";

/** The input of JA3: the ClientHello's numbers in wire order, without GREASE. https://github.com/salesforce/ja3 */
export function ja3Text(hello: ClientHello): string {
  const fields = [
    [hello.legacyVersion],
    withoutGrease(hello.cipherSuites),
    withoutGrease(hello.extensions),
    withoutGrease(hello.supportedGroups),
    hello.pointFormats,
  ];
  return fields.map((values) => values.join("-")).join(",");
}

/** JA3: MD5 of {@link ja3Text}, in lower-case hex. Meaningful only for a complete ClientHello. */
export function ja3(hello: ClientHello): string {
  return hash("md5", ja3Text(hello));
}

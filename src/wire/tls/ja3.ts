import { hash } from "node:crypto";
import { type ClientHello, withoutGrease } from "./client-hello.ts";

/** The text that JA3 hashes: the ClientHello's numbers in wire order, GREASE left out. https://github.com/salesforce/ja3 */
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

/** JA3: MD5 of the above, in lower-case hex. Meaningful only for a whole ClientHello. */
export function ja3(hello: ClientHello): string {
  return hash("md5", ja3Text(hello));
}

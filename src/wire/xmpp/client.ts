import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, latin1, startsWith, wireText } from "../reader.ts";
import { xmppSecrets } from "./secrets.ts";

/** The stream header of an XMPP (Jabber) client or server. */
export interface XmppStream {
  /** The requested domain. */
  readonly to?: string | undefined;
  readonly from?: string | undefined;
  /** `client` or `server`. */
  readonly namespace?: string | undefined;
}

const declaration = ascii("<?xml");
const opening = ascii("<stream:stream");
const maxHeaderBytes = 2048;

/** Proof: a `<stream:stream` tag at the beginning, or directly after the XML declaration. RFC 6120 section 4.7. */
export function parse(bytes: Uint8Array): Outcome<XmppStream> {
  const direct = startsWith(bytes, opening);
  const declared = startsWith(bytes, declaration);
  if (direct === "mismatch" && declared === "mismatch") return mismatch;
  const head = latin1(bytes, 0, Math.min(bytes.length, maxHeaderBytes));
  const start = direct === "mismatch" ? afterDeclaration(head) : 0;
  if (start === undefined) return bytes.length < maxHeaderBytes ? incomplete : mismatch;
  const agreement = startsWith(bytes, opening, start);
  if (agreement !== "match") return { kind: agreement };
  const end = head.indexOf(">", start);
  if (end === -1) return bytes.length < maxHeaderBytes ? match({}, false) : mismatch;
  const tag = wireText(bytes.subarray(start, end));
  const to = attribute(tag, "to");
  const from = attribute(tag, "from");
  const namespace = /jabber:(client|server)['"]/.exec(tag)?.[1];
  return match({
    to,
    from,
    namespace,
  });
}

/** The offset of the first tag; `undefined` if the declaration has not ended. */
function afterDeclaration(head: string): number | undefined {
  const end = head.indexOf("?>");
  if (end === -1) return undefined;
  let start = end + 2;
  while (start < head.length && /\s/.test(head.charAt(start))) start++;
  return start;
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}=(?:'([^']*)'|"([^"]*)")`).exec(tag);
  const text = value?.[1] ?? value?.[2];
  return text === undefined || text === "" ? undefined : fact(text);
}

export const xmpp = protocol({
  name: "xmpp",
  strength: "strong",
  firstBytes: anyOf("<"),
  parse,
  describe: (value) => ({ xmpp: { ...value } }),
  secrets: xmppSecrets,
});

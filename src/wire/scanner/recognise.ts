import type { AlsoSentBy, Identification } from "../../core/identification.ts";
import { ascii, startsWith } from "../reader.ts";
import type { PayloadMark } from "./payload-mark.ts";
import { payloadMarks } from "./payload-marks.ts";
import { pathMarks, rdpCookieMarks, smbGuidMarks, sshMarks, type TextMark, userAgentMarks } from "./text-marks.ts";

/** The scanner, and how it was recognised: the name of the probe, or the field. */
interface ScannerMark {
  readonly scanner: string;
  readonly probe: string;
}

/** What `identify` adds to a description: the scanner, or the normal clients that send the same bytes. */
export type SenderMark = ScannerMark | { readonly alsoSentBy: AlsoSentBy };

/** Only the beginning of a field is searched, because fields may be long. */
const inspectedCharacters = 512;

interface PreparedPayload extends PayloadMark {
  readonly bytes: Uint8Array;
  readonly laterBytes: Uint8Array | undefined;
}

const payloadsByFirstByte: ReadonlyMap<number, readonly PreparedPayload[]> = Map.groupBy(
  payloadMarks.map((mark) => ({
    ...mark,
    bytes: ascii(mark.start),
    laterBytes: mark.later === undefined ? undefined : ascii(mark.later.text),
  })),
  (mark) => mark.bytes[0] ?? -1,
);

const userAgents = textFinder(userAgentMarks, { wholeWords: true });
const paths = textFinder(pathMarks);
const sshIdents = textFinder(sshMarks);
const rdpCookies = textFinder(rdpCookieMarks);
const smbGuids = textFinder(smbGuidMarks);

/**
 * Recognises a scanner by its bytes. `undefined` does not prove a normal client, because most scanners can imitate one.
 */
export function recogniseScanner(found: Identification, bytes: Uint8Array): SenderMark | undefined {
  const { http, ssh, rdp, smb } = found;
  return (
    (http?.userAgent !== undefined ? userAgents(http.userAgent, "user-agent") : undefined) ??
    (http !== undefined ? paths(http.path, "path") : undefined) ??
    (ssh !== undefined ? sshIdents(ssh.ident, "ssh-ident") : undefined) ??
    (rdp?.cookie !== undefined && rdp.cookie.length === "nmap".length
      ? rdpCookies(rdp.cookie, "rdp-cookie")
      : undefined) ??
    (smb?.clientGuid !== undefined ? smbGuids(smb.clientGuid, "smb-client-guid") : undefined) ??
    byPayload(bytes)
  );
}

function byPayload(bytes: Uint8Array): SenderMark | undefined {
  const marks = payloadsByFirstByte.get(bytes[0] ?? -1);
  if (marks === undefined) return undefined;
  for (const mark of marks) {
    if (mark.exact === true && bytes.length !== mark.bytes.length) continue;
    if (startsWith(bytes, mark.bytes) !== "match") continue;
    const { later, laterBytes } = mark;
    if (later !== undefined && laterBytes !== undefined && startsWith(bytes, laterBytes, later.at) !== "match")
      continue;
    const { scanner, probe, clients } = mark;
    return clients === undefined ? { scanner, probe } : { alsoSentBy: { scanner, probe, clients } };
  }
  return undefined;
}

/** One pass over the text for all marks at once. With `wholeWords`, `accommodation` is not `modat`. */
function textFinder(
  marks: readonly TextMark[],
  options: { readonly wholeWords?: boolean } = {},
): (text: string, probe: string) => ScannerMark | undefined {
  const scanners = new Map(marks.map((mark) => [mark.text, mark.scanner]));
  const alternatives = marks.map((mark) => RegExp.escape(mark.text)).join("|");
  const pattern = new RegExp(
    options.wholeWords === true ? `(?<![a-z])(?:${alternatives})(?![a-z])` : alternatives,
    "i",
  );
  return (text, probe) => {
    const found = pattern.exec(text.length > inspectedCharacters ? text.slice(0, inspectedCharacters) : text);
    const scanner = found === null ? undefined : scanners.get(found[0].toLowerCase());
    return scanner === undefined ? undefined : { scanner, probe };
  };
}

import type { Descriptions, Identification, ProtocolName, Summary } from "../core/identification.ts";
import type { Outcome } from "./outcome.ts";
import type { Candidate, Strength } from "./protocol.ts";
import { protocols } from "./protocols.ts";
import { parse as parseProxyHeader } from "./proxy-protocol/parse.ts";
import { maximumInspectedBytes } from "./reader.ts";
import { recogniseScanner } from "./scanner/recognise.ts";
import { summarise } from "./summary.ts";

const rank: Readonly<Record<Strength, number>> = { strong: 0, medium: 1, weak: 2 };

/** For each first byte, the protocols that can begin with it, the surest first. Made once, so that a connection costs few parsers. */
const byFirstByte: readonly (readonly Candidate[])[] = Array.from({ length: 256 }, (_, byte) =>
  protocols
    .filter((candidate) => candidate.firstBytes(byte))
    .sort((left, right) => rank[left.strength] - rank[right.strength]),
);

/**
 * Names the protocol of the first bytes that a client sent, and says what it tells. Never throws; looks at no more than
 * the first 16 KiB. After a PROXY protocol header the answer is about what follows it.
 */
export function identify(bytes: Uint8Array): Identification {
  const inspected = bytes.length > maximumInspectedBytes ? bytes.subarray(0, maximumInspectedBytes) : bytes;
  const plain = identifyOnce(inspected);
  if (plain.proxy === undefined) return plain;
  const header = parseProxyHeader(inspected);
  if (header.kind !== "match" || !header.complete) return plain;
  const following = inspected.subarray(header.value.headerBytes);
  // Only one header is looked behind: a chain of them costs no more than one.
  if (following.length === 0) return { ...plain, complete: false };
  return { ...identifyOnce(following), proxy: plain.proxy };
}

function identifyOnce(bytes: Uint8Array): Identification {
  const first = bytes[0];
  if (first === undefined) return { protocol: "none", complete: false };
  const found = bestMatch(byFirstByte[first] ?? [], bytes);
  const mark = recogniseScanner(found, bytes);
  return mark === undefined ? found : { ...found, scanner: mark.scanner, probe: mark.probe };
}

/**
 * The first match in order of strength. A weak match gives way to a surer protocol that only lacks bytes: half a
 * message must not be taken for another one.
 */
function bestMatch(candidates: readonly Candidate[], bytes: Uint8Array): Identification {
  let open: ProtocolName[] | undefined;
  let openRank = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const outcome: Outcome<Descriptions> = candidate.attempt(bytes);
    if (outcome.kind === "mismatch") continue;
    if (outcome.kind === "incomplete") {
      open ??= [];
      if (!open.includes(candidate.name)) open.push(candidate.name);
      openRank = Math.min(openRank, rank[candidate.strength]);
      continue;
    }
    const doubtful = candidate.strength === "weak" && openRank < rank.weak;
    if (!doubtful) return { protocol: candidate.name, complete: outcome.complete, ...outcome.value };
    open?.push(candidate.name);
  }
  const summary: Summary = summarise(bytes);
  return open === undefined
    ? { protocol: "unknown", complete: true, summary }
    : { protocol: "unknown", complete: false, candidates: open, summary };
}

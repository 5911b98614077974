import type { Descriptions, Identification, ProtocolName, Summary } from "../core/identification.ts";
import { incomplete, match, mismatch, type Outcome } from "./outcome.ts";
import type { Candidate, Strength } from "./protocol.ts";
import { protocols } from "./protocols.ts";
import { parse as parseProxyHeader } from "./proxy-protocol/client.ts";
import { maxInspectedBytes } from "./reader.ts";
import { recogniseScanner } from "./scanner/recognise.ts";
import { summarise } from "./summary.ts";

const rank: Readonly<Record<Strength, number>> = { strong: 0, medium: 1, weak: 2 };

/** For each first byte, the protocols that can begin with it, the strongest first. So only a few parsers run per connection. */
const byFirstByte: readonly (readonly Candidate[])[] = Array.from({ length: 256 }, (_, byte) =>
  protocols
    .filter((candidate) => candidate.firstBytes(byte))
    .sort((left, right) => rank[left.strength] - rank[right.strength]),
);

const provenByBytes: ReadonlySet<string> = new Set(
  protocols.filter(({ strength }) => strength !== "weak").map(({ name }) => name),
);

/** Whether this protocol has a parser that does not depend on what the listener expects. */
export function isProvenByBytes(protocol: string): boolean {
  return provenByBytes.has(protocol);
}

const byName: ReadonlyMap<ProtocolName, readonly Candidate[]> = Map.groupBy(protocols, ({ name }) => name);

/**
 * Identifies the protocol of a client's first bytes, and describes the message. Never throws; inspects at most the first
 * 16 KiB. If the bytes begin with a PROXY protocol header, the result describes what follows the header.
 * @param expected the protocol of the listener's banner or port. It counts only if the bytes alone are ambiguous: `USER bob`
 * is POP3 if the banner was POP3, otherwise FTP
 */
export function identify(bytes: Uint8Array, expected?: ProtocolName): Identification {
  const inspected = bytes.length > maxInspectedBytes ? bytes.subarray(0, maxInspectedBytes) : bytes;
  const plain = identifyOnce(inspected, expected);
  if (plain.proxy === undefined) return plain;
  const header = parseProxyHeader(inspected);
  if (header.kind !== "match" || !header.complete) return plain;
  const following = inspected.subarray(header.value.headerBytes);
  // Only one header is skipped, so that a chain of headers costs no more than one.
  if (following.length === 0) return { ...plain, complete: false };
  return { ...identifyOnce(following, expected), proxy: plain.proxy };
}

function identifyOnce(bytes: Uint8Array, expected: ProtocolName | undefined): Identification {
  const first = bytes[0];
  if (first === undefined) return { protocol: "none", complete: false };
  const found = bestMatch(byFirstByte[first] ?? [], bytes, expected);
  const mark = recogniseScanner(found, bytes);
  return mark === undefined ? found : { ...found, ...mark };
}

/**
 * The first match in order of strength; the expected protocol comes before the weak ones. A weak match is incomplete while
 * a stronger protocol only lacks bytes: further bytes may decide for that one. If none come, the weak match is the result.
 */
function bestMatch(
  candidates: readonly Candidate[],
  bytes: Uint8Array,
  expected: ProtocolName | undefined,
): Identification {
  // Created lazily: for most connections the first parser matches.
  let open: Set<ProtocolName> | undefined;
  let openRank = Number.POSITIVE_INFINITY;
  let doubtful: Identification | undefined;
  let expectation: Outcome<Identification> | undefined = expected === undefined ? mismatch : undefined;
  for (const candidate of candidates) {
    if (expectation === undefined && candidate.strength === "weak") {
      expectation = asExpected(expected, bytes);
      if (expectation.kind === "match") return expectation.value;
    }
    const outcome: Outcome<Descriptions> = candidate.attempt(bytes);
    if (outcome.kind === "mismatch") continue;
    if (outcome.kind === "incomplete") {
      open ??= new Set();
      open.add(candidate.name);
      openRank = Math.min(openRank, rank[candidate.strength]);
      continue;
    }
    const isDoubtful = candidate.strength === "weak" && openRank < rank.weak;
    if (!isDoubtful) return { protocol: candidate.name, complete: outcome.complete, ...outcome.value };
    doubtful ??= { protocol: candidate.name, complete: false, ...outcome.value };
  }
  expectation ??= asExpected(expected, bytes);
  if (expectation.kind === "match") return expectation.value;
  if (doubtful !== undefined) return doubtful;
  if (expectation.kind === "incomplete" && expected !== undefined) {
    open ??= new Set();
    open.add(expected);
  }
  const summary: Summary = summarise(bytes);
  return open === undefined
    ? { protocol: "unknown", complete: true, summary }
    : { protocol: "unknown", complete: false, candidates: [...open], summary };
}

/** Tries the parsers of the expected protocol; `incomplete` if one of them only lacks bytes. */
function asExpected(expected: ProtocolName | undefined, bytes: Uint8Array): Outcome<Identification> {
  let isOpen = false;
  for (const { name, attempt, attemptExpected } of (expected && byName.get(expected)) ?? []) {
    const outcome = (attemptExpected ?? attempt)(bytes);
    if (outcome.kind === "match") return match({ protocol: name, complete: outcome.complete, ...outcome.value });
    isOpen ||= outcome.kind === "incomplete";
  }
  return isOpen ? incomplete : mismatch;
}

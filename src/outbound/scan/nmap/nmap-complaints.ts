import { safeText } from "../../../core/safe-text.ts";

/** What nmap says while it goes on, and ends with status 0 all the same. */
export interface NmapComplaints {
  /** Why something was not asked, so that its absence means nothing. */
  readonly gaps: readonly string[];
  /** Worth saying, but the scan is what it should be. */
  readonly notes: readonly string[];
  /** Targets that it says it could not resolve. */
  readonly unresolved: readonly string[];
}

const gapPatterns: readonly RegExp[] = [
  // A target that was left out.
  /^Failed to resolve /,
  /^(?:Could not|Couldn't|Unable to) (?:resolve|determine)\b/i,
  /looks like an IPv6 target specification/,
  /^Skipping (?:host|SYN Stealth Scan|Connect Scan)\b/,
  /^Warning: (?:Hostname|Host) \S+ could not be resolved/i,
  /^Illegal (?:netmask|character)/,
  /^Unable to split netmask from target expression/,
  // A shortage of this machine: the host was not asked, whatever the result says of it.
  /sendto in send_ip_packet/,
  /(?:Operation not permitted|Network is unreachable|No route to host|No buffer space available|Too many open files)/i,
  /^(?:nexthost|setup_target): failed to determine route to /,
  /^Strange (?:SO_ERROR|error|read error) /,
];

const notePatterns: readonly RegExp[] = [
  /^Note: Host seems down\./,
  /^Warning: \S+ giving up on port because retransmission cap hit/,
  /requires root privileges/,
  /^WARNING: /,
];

const most = 5;

/**
 * Picks the lines that matter from what nmap printed.
 * @param output standard error, and standard output where it is nmap's text for people
 */
export function nmapComplaints(output: string): NmapComplaints {
  const gaps = new Set<string>();
  const notes = new Set<string>();
  const unresolved = new Set<string>();
  for (let at = 0; at < output.length && gaps.size < most; ) {
    const newline = output.indexOf("\n", at);
    const end = newline < 0 ? output.length : newline;
    const line = output.slice(at, Math.min(end, at + 300)).trim();
    at = end + 1;
    // What a script or a service said stands behind these.
    if (/^(?:\||SF|<)/.test(line)) continue;
    const name = /^Failed to resolve "([^"]{1,255})"/.exec(line)?.[1];
    if (name !== undefined) unresolved.add(name);
    if (gapPatterns.some((pattern) => pattern.test(line))) gaps.add(safeText(line));
    else if (notes.size < most && notePatterns.some((pattern) => pattern.test(line))) notes.add(safeText(line));
  }
  return { gaps: [...gaps], notes: [...notes], unresolved: [...unresolved] };
}

import { safeText } from "../../../core/safe-text.ts";

/** Messages of nmap after which it continues, and exits with 0. */
export interface NmapComplaints {
  /** Something was not scanned, so its absence proves nothing. */
  readonly gaps: readonly string[];
  /** For the report; the scan is complete. */
  readonly notes: readonly string[];
  /** Targets that it could not resolve. */
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
  // A shortage on this machine: the host was not probed, even if the result lists it.
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

const maxLines = 5;

/**
 * Finds the relevant lines in the output of nmap.
 * @param output standard error, and standard output where it is nmap's text for people
 */
export function nmapComplaints(output: string): NmapComplaints {
  const gaps = new Set<string>();
  const notes = new Set<string>();
  const unresolved = new Set<string>();
  for (let at = 0; at < output.length && gaps.size < maxLines; ) {
    const newline = output.indexOf("\n", at);
    const end = newline < 0 ? output.length : newline;
    const line = output.slice(at, Math.min(end, at + 300)).trim();
    at = end + 1;
    // Output of scripts and services follows these.
    if (/^(?:\||SF|<)/.test(line)) continue;
    const name = /^Failed to resolve "([^"]{1,255})"/.exec(line)?.[1];
    if (name !== undefined) unresolved.add(name);
    if (gapPatterns.some((pattern) => pattern.test(line))) gaps.add(safeText(line));
    else if (notes.size < maxLines && notePatterns.some((pattern) => pattern.test(line))) notes.add(safeText(line));
  }
  return { gaps: [...gaps], notes: [...notes], unresolved: [...unresolved] };
}

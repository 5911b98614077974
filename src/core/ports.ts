/** A TCP port, 1 to 65535. */
export type Port = number;

/** All ports of a host that answered on every port that was tried; not a valid port number. */
export const everyPort = 0;

/**
 * Minimum number of tried ports for "every tried port answers". A real server has a handful of open ports, one
 * with mail and web panels about a dozen. A host that answers on sixteen without exception is a middlebox, a tarpit or a decoy.
 */
export const everyPortAtLeast = 16;

export function isPort(value: number): value is Port {
  return Number.isInteger(value) && value >= 1 && value <= 65535;
}

export type PortsOutcome =
  | { readonly kind: "ports"; readonly ports: readonly Port[] }
  | { readonly kind: "bad"; readonly part: string; readonly reason: string };

/**
 * Reads a port list: `22`, `80,443`, `8000-8100`, `-` (all), `1024-` (to the end), `-1023` (from 1).
 * @returns the ports sorted, each once; or the part that is wrong, and why
 */
export function parsePorts(text: string): PortsOutcome {
  const chosen = new Uint8Array(65536);
  for (const raw of text.split(",")) {
    const part = raw.trim();
    const match = /^(\d{1,5})?(-)?(\d{1,5})?$/.exec(part);
    if (match === null || part === "")
      return { kind: "bad", part, reason: "a port is a number from 1 to 65535, a range is FIRST-LAST" };
    const isRange = match[2] !== undefined;
    const first = match[1] === undefined ? 1 : Number(match[1]);
    const last = match[3] === undefined ? (isRange ? 65535 : first) : Number(match[3]);
    if (!isPort(first) || !isPort(last)) return { kind: "bad", part, reason: "a port is a number from 1 to 65535" };
    if (first > last) return { kind: "bad", part, reason: "the range runs backwards" };
    chosen.fill(1, first, last + 1);
  }
  const ports: Port[] = [];
  for (let port = 1; port <= 65535; port++) if (chosen[port] === 1) ports.push(port);
  return { kind: "ports", ports };
}

/** The shortest list that {@link parsePorts} reads back: runs become ranges. */
export function formatPorts(ports: readonly Port[]): string {
  const sorted = [...new Set(ports)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while ((sorted[end + 1] ?? -1) === (sorted[end] ?? -1) + 1) end++;
    parts.push(end === i ? `${sorted[i]}` : `${sorted[i]}-${sorted[end]}`);
    i = end + 1;
  }
  return parts.join(",");
}

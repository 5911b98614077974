/**
 * How one TCP connection attempt ended.
 * - `open`: the handshake completed.
 * - `closed`: the host refused with RST.
 * - `filtered`: silence until the time-out.
 * - `unreachable`: the host cannot be reached (ICMP, or no answer to ARP or neighbour discovery).
 * - `local-error`: this machine could not send the probe (no descriptor, port, buffer, route or permission). It says nothing
 *   about the host, and is never read as closed.
 */
export type ProbeState = "open" | "closed" | "filtered" | "unreachable" | "local-error";

/** How many endpoints ended in each state. */
export type ProbeCounts = Readonly<Record<ProbeState, number>>;

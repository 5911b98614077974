import type { ProbeState } from "./probe-state.ts";

/** How a probe can fail. */
export type ConnectFailure = Exclude<ProbeState, "open">;

/** This machine ran out of something: the probe was not sent, and may succeed later. */
const shortages: ReadonlySet<string> = new Set([
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "EADDRNOTAVAIL",
  "EAGAIN",
  "EWOULDBLOCK",
]);

/** The process or the system ran out, whatever the destination: waiting helps. The other shortages may be specific to the destination. */
const generalShortages: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"]);

export function isShortage(code: string): boolean {
  return shortages.has(code);
}

export function isGeneralShortage(code: string): boolean {
  return generalShortages.has(code);
}

/**
 * The state of an endpoint after a failed connect.
 *
 * The same code can come from this machine or from the network. At once: `ENETUNREACH` for a missing route, `EHOSTUNREACH` for a
 * route that forbids the destination. Later: `ENETUNREACH` for a router's ICMP "net unreachable" (Linux `icmp_err_convert`),
 * `EHOSTUNREACH` for an address without an answer to ARP. Only a later error is about the endpoint.
 *
 * `ECONNRESET` is `open`: a refused SYN is `ECONNREFUSED` (RFC 9293 section 3.10.7.3), so here the handshake was completed, and the
 * server reset the connection before this process was notified.
 * @param code the system's error code
 * @param wasSent the system accepted the connect and the error came afterwards
 */
export function probeStateOf(code: string, wasSent: boolean): ProbeState {
  switch (code) {
    case "ECONNRESET":
      return "open";
    case "ECONNREFUSED":
    case "ECONNABORTED":
      return "closed";
    case "ETIMEDOUT":
      return "filtered";
    case "EHOSTDOWN":
      return "unreachable";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EACCES":
    case "ENOPROTOOPT":
    case "EOPNOTSUPP":
    case "ENONET":
    case "EPROTO":
      return wasSent ? "unreachable" : "local-error";
    default:
      // ENETDOWN, EPERM, EINVAL, EAFNOSUPPORT, shortages that do not end, and all others: the state is unknown.
      return "local-error";
  }
}

/** A local error in words, for reports. */
export function describeLocalError(code: string): string {
  switch (code) {
    case "EMFILE":
      return "too many open files in this process (EMFILE)";
    case "ENFILE":
      return "too many open files on this machine (ENFILE)";
    case "ENOBUFS":
    case "ENOMEM":
      return `this machine has no memory for more connections (${code})`;
    case "EADDRNOTAVAIL":
      return "this machine has no free port or no address for connections (EADDRNOTAVAIL)";
    case "ENETUNREACH":
      return "the network is unreachable: no route (ENETUNREACH)";
    case "EHOSTUNREACH":
      return "a route of this machine marks the host as unreachable (EHOSTUNREACH)";
    case "ENETDOWN":
      return "the network is down (ENETDOWN)";
    case "EACCES":
    case "EPERM":
      return `this machine does not allow the connection (${code})`;
    default:
      return `this machine could not connect (${code})`;
  }
}

import { lookup } from "node:dns";
import { createConnection, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { type Address, familyOf, parseAddress } from "../../core/address.ts";
import { type ConnectFailure, describeLocalError, probeStateOf } from "../../core/connect-error.ts";
import { messageOf, systemCode } from "../../core/errors.ts";
import type { Port } from "../../core/ports.ts";
import { safeText } from "../../core/safe-text.ts";
import { interfaceExists } from "../../platform/interface-networks.ts";
import { Connection, type ReadLimits } from "./connection.ts";
import type { Deadline } from "./deadline.ts";

/** Where to connect to. */
export interface DialTarget {
  /** An address (IPv6 also in brackets), or a name. */
  readonly host: string;
  readonly port: Port;
}

/**
 * The outcome of connecting. `unresolved`: the name has no address, or the resolver could not be reached. The others are the
 * states of a probe; `reason` is for people.
 */
export type DialOutcome = { readonly kind: "connected"; readonly connection: Connection } | DialFailure;

export interface DialFailure {
  readonly kind: ConnectFailure | "unresolved";
  readonly reason: string;
  /** The system's error code, where there is one. */
  readonly code?: string | undefined;
}

/** How many addresses of a name are tried. */
const maxAddresses = 8;

/** Between the attempts on the addresses of a name (RFC 8305 section 5: 250 ms recommended). */
const staggerMs = 250;

/**
 * Connects to `target` by TCP: for a name, its addresses are tried one after the other in short steps, and the first
 * that answers is used (RFC 8305). `deadline` also ends the reads of the connection.
 */
export async function dial(target: DialTarget, deadline: Deadline, limits: ReadLimits = {}): Promise<DialOutcome> {
  if (deadline.isOver) return silence;
  const resolved = await resolveHost(target.host, deadline);
  if (resolved.kind !== "addresses") return resolved;
  const attempt = await firstToAnswer(resolved.addresses, target.port, deadline);
  if (attempt.kind !== "open") return attempt;
  const { socket, address } = attempt;
  return { kind: "connected", connection: new Connection(socket, { ...limits, address, deadline }) };
}

const silence: DialFailure = { kind: "filtered", reason: "no answer in time" };

/** The addresses of `host`, alternating between the families, as the system's resolver orders them. */
export async function resolveHost(
  host: string,
  deadline: Deadline,
): Promise<{ readonly kind: "addresses"; readonly addresses: readonly Address[] } | DialFailure> {
  const literal = parseAddress(withoutBrackets(host));
  if (literal !== undefined) return { kind: "addresses", addresses: [literal] };
  const shown = safeText(host, { limit: 255 });
  if (!/^[A-Za-z0-9_.-]{1,255}$/.test(host)) return { kind: "unresolved", reason: `"${shown}" is not a host name` };
  const found = await lookUp(host, deadline);
  if (!Array.isArray(found)) return { ...found, reason: `${shown}: ${found.reason}` };
  return { kind: "addresses", addresses: alternating(found).slice(0, maxAddresses) };
}

/** An IPv6 address before a port is in brackets: `[::1]`. */
export function withoutBrackets(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

function lookUp(name: string, deadline: Deadline): Promise<Address[] | DialFailure> {
  return new Promise((resolve) => {
    const onAbort = () => resolve({ kind: "unresolved", reason: "no answer from the resolver in time" });
    deadline.signal.addEventListener("abort", onAbort, { once: true });
    lookup(name, { all: true, order: "verbatim" }, (error, records) => {
      deadline.signal.removeEventListener("abort", onAbort);
      if (error !== null) {
        const reason =
          error.code === "ENOTFOUND"
            ? "the name does not exist"
            : "the resolver could not be reached, or did not answer";
        resolve({ kind: "unresolved", reason, code: error.code });
        return;
      }
      resolve(records.flatMap((record) => parseAddress(record.address) ?? []));
    });
  });
}

function alternating(addresses: readonly Address[]): Address[] {
  const [first] = addresses;
  if (first === undefined) return [];
  const same = addresses.filter((address) => familyOf(address) === familyOf(first));
  const other = addresses.filter((address) => familyOf(address) !== familyOf(first));
  return same.flatMap((address, index) => [address, ...other.slice(index, index + 1)]).concat(other.slice(same.length));
}

type Attempt = { readonly kind: "open"; readonly socket: Socket; readonly address: Address } | DialFailure;

async function firstToAnswer(addresses: readonly Address[], port: Port, deadline: Deadline): Promise<Attempt> {
  const [only] = addresses;
  if (only === undefined) return { kind: "unresolved", reason: "the name has no address" };
  if (addresses.length === 1) return await connectTo(only, port, deadline.signal);
  const settled = new AbortController();
  const stop = AbortSignal.any([deadline.signal, settled.signal]);
  return await new Promise((resolve) => {
    const failures: DialFailure[] = [];
    let next = 0;
    let timer: NodeJS.Timeout | undefined;
    const start = () => {
      clearTimeout(timer);
      const address = addresses[next];
      if (address === undefined || stop.aborted) return;
      next += 1;
      timer = setTimeout(start, staggerMs);
      void connectTo(address, port, stop).then((attempt) => {
        if (attempt.kind === "open") {
          if (settled.signal.aborted) {
            attempt.socket.destroy();
            return;
          }
          clearTimeout(timer);
          settled.abort();
          resolve(attempt);
          return;
        }
        failures.push(attempt);
        if (failures.length < addresses.length && !stop.aborted) start();
        else if (failures.length === next || failures.length === addresses.length) {
          clearTimeout(timer);
          resolve(mostInformative(failures));
        }
      });
    };
    start();
  });
}

const mostInformativeFirst = ["closed", "unreachable", "filtered", "local-error", "unresolved"] as const;

/** If all addresses of a name fail, a refusal is more informative than a time-out. */
function mostInformative(failures: readonly DialFailure[]): DialFailure {
  for (const kind of mostInformativeFirst) {
    const failure = failures.find((candidate) => candidate.kind === kind);
    if (failure !== undefined) return failure;
  }
  return silence;
}

function connectTo(address: Address, port: Port, signal: AbortSignal): Promise<Attempt> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(silence);
      return;
    }
    const zone = unknownZone(address);
    if (zone !== undefined) {
      const reason = interfaceExists(zone)
        ? `the network interface "${safeText(zone)}" has no link: it is down, or its cable is unplugged`
        : `this machine has no network interface "${safeText(zone)}"`;
      resolve({ kind: "local-error", reason });
      return;
    }
    let socket: Socket;
    try {
      socket = createConnection({ host: address, port, family: familyOf(address), autoSelectFamily: false });
    } catch (error) {
      // A number that is not a port.
      resolve({ kind: "local-error", reason: safeText(messageOf(error)) });
      return;
    }
    // A failure in the same turn of the event loop came from this machine.
    let wasSent = false;
    setImmediate(() => {
      wasSent = true;
    });
    const onAbort = () => {
      socket.destroy();
      settle(silence);
    };
    const onError = (error: Error) => settle(failureOf(error, wasSent));
    const onConnect = () => settle({ kind: "open", socket, address });
    const settle = (attempt: Attempt) => {
      signal.removeEventListener("abort", onAbort);
      socket.off("connect", onConnect);
      resolve(attempt);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.setNoDelay(true);
    socket.on("error", onError).on("connect", onConnect);
  });
}

/** The zone of `address` where no interface with a link has its name; the system would ignore it and use any link. */
function unknownZone(address: Address): string | undefined {
  const percent = address.indexOf("%");
  const zone = percent < 0 ? undefined : address.slice(percent + 1);
  if (zone === undefined || /^\d+$/.test(zone) || Object.hasOwn(networkInterfaces(), zone)) return undefined;
  return zone;
}

/** What a failed connect means for the endpoint; a local shortage means nothing for it. */
function failureOf(error: Error, wasSent: boolean): DialFailure {
  const code = systemCode(error) ?? "unknown";
  const kind = probeStateOf(code, wasSent);
  switch (kind) {
    case "open":
      return { kind: "closed", reason: `the server closes the connection at once (${code})`, code };
    case "closed":
      return { kind, reason: "connection refused", code };
    case "filtered":
      return { ...silence, code };
    case "unreachable": {
      const isHost = code === "EHOSTUNREACH" || code === "EHOSTDOWN";
      const reason = isHost ? "the host is unreachable" : "the network rejected the connection";
      return { kind, reason: `${reason} (${code})`, code };
    }
    case "local-error":
      return { kind, reason: describeLocalError(code), code };
  }
}

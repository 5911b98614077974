import { createSocket, type Socket } from "node:dgram";
import { type Address, familyOf } from "../../../core/address.ts";
import type { SurveyContext } from "./survey-context.ts";
import type { TableReader } from "./table-reader.ts";

/**
 * Probes without privileges: an empty datagram to port 9 (discard, RFC 863) makes the kernel resolve the MAC address, and
 * its neighbour table contains the result.
 *
 * For an address without an entry the kernel sends three requests in three seconds (`probing`), then the entry is `failed`. A
 * `stale` entry is used for five seconds before three requests follow, so a device that left is detected after
 * about nine. Each probe occupies an entry of the table, which is limited: hence windows.
 */
export interface DatagramOptions {
  /** Maximum number of probes in flight. */
  readonly window: number;
}

const pollMs = 250;
const discardPort = 9;
/** Three requests, one second apart, and some time for a busy machine. */
const incompleteMs = 4000;
/** DELAY and PROBE: 5 + 3 seconds. */
const maxWaitMs = 9500;
/** Where the table has no states: time after which no answer is expected. */
const plainTableMs = 1500;
/** Linux lists an old entry until its requests have failed: entries listed after that are present. */
const procTableMs = 9000;

/** Tables that do not list addresses without an answer. */
const hidesFailures: ReadonlySet<string | undefined> = new Set(["arp and ndp", "arp and netsh"]);

interface PendingProbe {
  readonly target: Address;
  readonly at: number;
  readonly atWallClock: number;
  /** Its address was in the table: the kernel sent requests. */
  wasSeen: boolean;
}

/** @returns the addresses that were probed, and had the time to answer */
export async function probeByDatagrams(
  targets: readonly Address[],
  reader: TableReader,
  options: DatagramOptions & SurveyContext,
): Promise<readonly Address[]> {
  // Without a table there are no results.
  if (reader.source === undefined) return [];
  const first = await probeOnce(targets, reader, options);
  // Other programs filled the table: at a lower rate there may be room.
  const again = await probeOnce(first.notProbed, reader, { ...options, window: Math.ceil(options.window / 4) });
  return [...first.probed, ...again.probed];
}

interface Outcome {
  readonly probed: readonly Address[];
  /** The table had no room for these. */
  readonly notProbed: readonly Address[];
}

async function probeOnce(
  targets: readonly Address[],
  reader: TableReader,
  options: DatagramOptions & SurveyContext,
): Promise<Outcome> {
  if (targets.length === 0) return { probed: [], notProbed: [] };
  const { clock, findings, signal, window } = options;
  await using sender = new DatagramSender();
  const probed: Address[] = [];
  const notProbed: Address[] = [];
  const open = new Map<Address, PendingProbe>();
  let next = 0;
  while ((next < targets.length || open.size > 0) && !signal.aborted) {
    const batch = targets.slice(next, next + window - open.size);
    next += batch.length;
    const sent = await Promise.all(batch.map(async (target) => ({ target, isSent: await sender.send(target) })));
    const [at, atWallClock] = [clock.monotonic(), clock.now()];
    for (const { target, isSent } of sent) if (isSent) open.set(target, { target, at, atWallClock, wasSeen: false });
    await clock.sleep(pollMs, signal);
    await reader.read();
    for (const probe of open.values()) {
      const fate = findings.has(probe.target) ? "probed" : fateOf(probe, reader, clock.monotonic() - probe.at);
      if (fate === "waiting") continue;
      open.delete(probe.target);
      if (fate === "probed") probed.push(probe.target);
      else if (!probe.wasSeen) notProbed.push(probe.target);
    }
  }
  return { probed, notProbed };
}

/** `lost`: it is unknown whether it was probed, or how that ended. */
function fateOf(probe: PendingProbe, reader: TableReader, waitedMs: number): "probed" | "waiting" | "lost" {
  const entry = reader.entry(probe.target);
  if (entry === undefined) {
    // The kernel drops failed entries when its table fills up, and makes none at all when it is full.
    if (waitedMs < incompleteMs) return "waiting";
    return probe.wasSeen || hidesFailures.has(reader.source) ? "probed" : "lost";
  }
  switch (entry.state) {
    case "listed":
      if (waitedMs < (reader.source === "/proc/net/arp" ? procTableMs : plainTableMs)) return "waiting";
      reader.accept(probe.target);
      return "probed";
    case "failed":
      if (entry.updatedMsAgo !== undefined) {
        // Ages may be whole seconds.
        return reader.failedSince(probe.target, probe.atWallClock - 1000) ? "probed" : stillWaiting(waitedMs);
      }
      return waitedMs >= pollMs ? "probed" : "waiting";
    case "static":
      probe.wasSeen = true;
      return "lost";
    default:
      probe.wasSeen = true;
      // A table without states can list "incomplete" for any time.
      if (entry.state === "probing" && entry.mac === undefined && waitedMs >= incompleteMs) return "probed";
      return stillWaiting(waitedMs);
  }
}

function stillWaiting(waitedMs: number): "waiting" | "lost" {
  return waitedMs < maxWaitMs ? "waiting" : "lost";
}

class DatagramSender implements AsyncDisposable {
  readonly #sockets = new Map<4 | 6, Socket>();

  /** @returns whether the system accepted it */
  send(target: Address): Promise<boolean> {
    return new Promise((resolve) => {
      try {
        this.#socket(familyOf(target)).send("", discardPort, target, (error) => resolve(error === null));
      } catch {
        resolve(false);
      }
    });
  }

  #socket(family: 4 | 6): Socket {
    const known = this.#sockets.get(family);
    if (known !== undefined) return known;
    const socket = createSocket(family === 4 ? "udp4" : "udp6");
    // ICMP answers of single addresses do not matter.
    socket.on("error", () => {});
    this.#sockets.set(family, socket);
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [...this.#sockets.values()].map((socket) => new Promise<void>((done) => socket.close(() => done()))),
    );
  }
}

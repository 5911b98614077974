import { createSocket, type Socket } from "node:dgram";
import { type Address, familyOf } from "../../../core/address.ts";
import type { SurveyContext } from "./survey-context.ts";
import type { TableReader } from "./table-reader.ts";

/**
 * Asks without privileges: an empty datagram to port 9 (discard, RFC 863) makes the kernel ask for the MAC address, and
 * its neighbour table tells the answer.
 *
 * An address without an entry is asked three times in three seconds (`asking`), then it has `failed`. An entry that is
 * `stale` is used as it is for five seconds and asked three times then, so a device that left is known to be gone after
 * about nine. Each question occupies an entry of the table, whose number is limited: hence windows.
 */
export interface DatagramOptions {
  /** Questions under way at once. */
  readonly window: number;
}

const pollMs = 250;
const discardPort = 9;
/** Three questions, a second apart, and some time for a busy machine. */
const incompleteMs = 4000;
/** DELAY and PROBE: 5 + 3 seconds. */
const maxWaitMs = 9500;
/** Where the system tells no states, an answer has come by then or never. */
const plainTableMs = 1500;
/** Linux lists an old entry until its questions have failed: what is listed after that is there. */
const procTableMs = 9000;

/** Tables that do not list an address that was asked and did not answer. */
const hidesFailures: ReadonlySet<string | undefined> = new Set(["arp and ndp", "arp and netsh"]);

interface Question {
  readonly target: Address;
  readonly at: number;
  readonly atWallClock: number;
  /** Its question was seen in the table: it was really asked. */
  wasSeen: boolean;
}

/** @returns the addresses that were asked and had the time to answer */
export async function askByDatagrams(
  targets: readonly Address[],
  reader: TableReader,
  options: DatagramOptions & SurveyContext,
): Promise<readonly Address[]> {
  // Without a table nobody would see an answer.
  if (reader.source === undefined) return [];
  const first = await askOnce(targets, reader, options);
  // Somebody else filled the table meanwhile: more slowly there may be room.
  const again = await askOnce(first.unasked, reader, { ...options, window: Math.ceil(options.window / 4) });
  return [...first.asked, ...again.asked];
}

interface Outcome {
  readonly asked: readonly Address[];
  /** The kernel had no room to ask for these. */
  readonly unasked: readonly Address[];
}

async function askOnce(
  targets: readonly Address[],
  reader: TableReader,
  options: DatagramOptions & SurveyContext,
): Promise<Outcome> {
  if (targets.length === 0) return { asked: [], unasked: [] };
  const { clock, findings, signal, window } = options;
  await using sender = new DatagramSender();
  const asked: Address[] = [];
  const unasked: Address[] = [];
  const open = new Map<Address, Question>();
  let next = 0;
  while ((next < targets.length || open.size > 0) && !signal.aborted) {
    const batch = targets.slice(next, next + window - open.size);
    next += batch.length;
    const sent = await Promise.all(batch.map(async (target) => ({ target, isSent: await sender.send(target) })));
    const [at, atWallClock] = [clock.monotonic(), clock.now()];
    for (const { target, isSent } of sent) if (isSent) open.set(target, { target, at, atWallClock, wasSeen: false });
    await clock.sleep(pollMs, signal);
    await reader.read();
    for (const question of open.values()) {
      const fate = findings.has(question.target) ? "asked" : fateOf(question, reader, clock.monotonic() - question.at);
      if (fate === "waiting") continue;
      open.delete(question.target);
      if (fate === "asked") asked.push(question.target);
      else if (!question.wasSeen) unasked.push(question.target);
    }
  }
  return { asked, unasked };
}

/** `lost`: nothing says that it was asked, or how that ended. */
function fateOf(question: Question, reader: TableReader, waitedMs: number): "asked" | "waiting" | "lost" {
  const entry = reader.entry(question.target);
  if (entry === undefined) {
    // The kernel drops failed entries when its table fills up, and makes none at all when it is full.
    if (waitedMs < incompleteMs) return "waiting";
    return question.wasSeen || hidesFailures.has(reader.source) ? "asked" : "lost";
  }
  switch (entry.state) {
    case "listed":
      if (waitedMs < (reader.source === "/proc/net/arp" ? procTableMs : plainTableMs)) return "waiting";
      reader.accept(question.target);
      return "asked";
    case "failed":
      if (entry.updatedMsAgo !== undefined) {
        // Ages may be whole seconds.
        return reader.failedSince(question.target, question.atWallClock - 1000) ? "asked" : stillWaiting(waitedMs);
      }
      return waitedMs >= pollMs ? "asked" : "waiting";
    case "static":
      question.wasSeen = true;
      return "lost";
    default:
      question.wasSeen = true;
      // A table without states says "incomplete" for as long as it likes.
      if (entry.state === "asking" && entry.mac === undefined && waitedMs >= incompleteMs) return "asked";
      return stillWaiting(waitedMs);
  }
}

function stillWaiting(waitedMs: number): "waiting" | "lost" {
  return waitedMs < maxWaitMs ? "waiting" : "lost";
}

class DatagramSender implements AsyncDisposable {
  readonly #sockets = new Map<4 | 6, Socket>();

  /** @returns whether the system took it */
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
    // What one address answers by ICMP is no news here.
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

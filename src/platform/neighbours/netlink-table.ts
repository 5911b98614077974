import os from "node:os";
import type { Clock } from "../../core/clock.ts";
import {
  type KernelNeighbour,
  neighbourDumpRequest,
  neighbourStates,
  parseNeighbourDump,
} from "../../wire/rtnetlink/parse.ts";
import { interfaceNames } from "../interface-names.ts";
import { openNativeSocket } from "../native-socket.ts";
import { maxNeighbourEntries, type NeighbourEntry, type NeighbourState } from "./neighbour-entry.ts";
import { zoned } from "./zoned.ts";

const netlinkFamily = 16;
const rawType = 3;
const routeProtocol = 0;
const answerMs = 2000;
/** The kernel reports ages in hundredths of a second (USER_HZ), whatever its own clock. */
const tickMs = 10;

/** The kernel's neighbour table; needs no privilege. A string is the reason why it cannot be read. */
export async function readNetlinkTable(clock: Clock): Promise<readonly NeighbourEntry[] | string> {
  // The parser reads little-endian numbers, which nearly every machine uses.
  if (os.endianness() !== "LE") return "big-endian machine";
  const opened = await openNativeSocket({ family: netlinkFamily, type: rawType, protocol: routeProtocol });
  if (opened.kind !== "open") return opened.kind === "refused" ? opened.code : opened.reason;
  using socket = opened.socket;
  const neighbours: KernelNeighbour[] = [];
  const answered = new AbortController();
  socket.receive((bytes) => {
    const dump = parseNeighbourDump(bytes);
    neighbours.push(...dump.neighbours);
    if (dump.end || neighbours.length > maxNeighbourEntries) answered.abort();
  });
  const sent = socket.send(neighbourDumpRequest());
  if (sent.kind !== "sent") return sent.kind === "failed" ? sent.code : "ENOBUFS";
  await clock.sleep(answerMs, answered.signal);
  if (!answered.signal.aborted) return "no answer";
  const nameOf = await interfaceNames();
  return neighbours.slice(0, maxNeighbourEntries).flatMap((neighbour) => {
    const link = nameOf(neighbour.interfaceIndex);
    return link === undefined ? [] : [entryOf(neighbour, link)];
  });
}

function entryOf(neighbour: KernelNeighbour, link: string): NeighbourEntry {
  const { address, mac, isRouter, confirmedTicks, updatedTicks } = neighbour;
  return {
    address: zoned(address, link),
    link,
    mac,
    state: stateOf(neighbour.state),
    isRouter,
    confirmedMsAgo: confirmedTicks === undefined ? undefined : confirmedTicks * tickMs,
    updatedMsAgo: updatedTicks === undefined ? undefined : updatedTicks * tickMs,
  };
}

function stateOf(state: number): NeighbourState {
  if ((state & (neighbourStates.permanent | neighbourStates.noArp)) !== 0) return "static";
  if ((state & neighbourStates.reachable) !== 0) return "reachable";
  if ((state & neighbourStates.stale) !== 0) return "stale";
  if ((state & neighbourStates.failed) !== 0) return "failed";
  return "probing";
}

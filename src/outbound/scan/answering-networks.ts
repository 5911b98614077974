import { addressFromBigInt, addressToBigInt, type Family, familyOf, ipv4ToNumber } from "../../core/address.ts";
import type { Coverage } from "../../core/coverage.ts";
import type { AddressRange } from "../../core/network.ts";
import { formatPorts, type Port } from "../../core/ports.ts";
import type { ScanEngine, ScanJob, ScanObserver, ScanResult } from "../../core/scan-engine.ts";
import type { Sighting } from "../../core/sighting.ts";
import { plural } from "../../present/text/plural.ts";

/** Addresses are counted in blocks of 256: a /24, or the part of it that was probed. */
const blockBits = 8n;
const blockSize = 2 ** Number(blockBits);
/** A block is reported if at least so many addresses answer on a port, and at least this share of those that were probed. */
const minAddresses = 32;
const minShare = 0.9;
/** Blocks counted at once, for each port; of a larger network only the first part is counted. */
const maxCounted = 65_536;
const maxNotes = 3;

/**
 * Any scanner, with a note where a port answers on nearly every address of a network. Firewalls that answer SYNs for
 * others (SYN proxies), load balancers and captive portals complete handshakes for hosts that do not exist, and the handshake
 * cannot be distinguished from that of a real server. Everything is passed on, because real hosts are among it; the result has the note
 * in `doubt`.
 */
export class AnsweringNetworks implements ScanEngine {
  readonly #engine: ScanEngine;

  constructor(engine: ScanEngine) {
    this.#engine = engine;
  }

  async scan(job: ScanJob, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult> {
    const counts = new AnswerCounts();
    const result = await this.#engine.scan(
      job,
      {
        ...observer,
        sighted(batch) {
          for (const sighting of batch) counts.add(sighting);
          return observer.sighted(batch);
        },
      },
      signal,
    );
    const doubt = result.hostsOnly === true ? undefined : counts.describe(result.coverage);
    return doubt === undefined ? result : { ...result, doubt };
  }
}

interface Block {
  readonly family: Family;
  readonly first: bigint;
  readonly port: Port;
  answers: number;
}

/** How many addresses of each block answer on each port. */
export class AnswerCounts {
  /** A number for IPv4, of which there may be millions. */
  readonly #blocks = new Map<number | string, Block>();

  /** Each endpoint once. */
  add({ address, port }: Pick<Sighting, "address" | "port">): void {
    const family = familyOf(address);
    const key =
      family === 4
        ? Math.floor(ipv4ToNumber(address) / blockSize) * 65_536 + port
        : `${addressToBigInt(address) >> blockBits} ${port}`;
    const block = this.#blocks.get(key);
    if (block !== undefined) {
      block.answers += 1;
    } else if (this.#blocks.size < maxCounted) {
      const first = (addressToBigInt(address) >> blockBits) << blockBits;
      this.#blocks.set(key, { family, first, port, answers: 1 });
    }
  }

  /** The note, if there is a reason for one. @param coverage which addresses were probed */
  describe(coverage: Coverage): string | undefined {
    const crowded = new Map<
      string,
      { readonly network: string; readonly answers: number; readonly probed: number; readonly ports: Port[] }
    >();
    for (const { family, first, port, answers } of this.#blocks.values()) {
      if (answers < minAddresses) continue;
      const probed = coverage.kind === "ranges" ? probedOf(coverage.ranges, { family, first }) : blockSize;
      if (answers < probed * minShare) continue;
      const network = `${addressFromBigInt(first, family)}/${(family === 4 ? 32 : 128) - Number(blockBits)}`;
      const key = `${network} ${answers}`;
      const same = crowded.get(key);
      if (same === undefined) crowded.set(key, { network, answers, probed, ports: [port] });
      else same.ports.push(port);
    }
    if (crowded.size === 0) return undefined;
    const notes = [...crowded.values()].slice(0, maxNotes).map(({ network, answers, probed, ports }) => {
      const which = ports.length === 1 ? `port ${ports[0]}` : `ports ${formatPorts(ports.toSorted((a, b) => a - b))}`;
      return `${answers} of ${probed} addresses of ${network} answer on ${which}`;
    });
    if (crowded.size > maxNotes)
      notes.push(
        `the same holds for ${plural(crowded.size - maxNotes, "other port or network", "other ports or networks")}`,
      );
    return `${notes.join("; ")}. Perhaps a firewall (SYN proxy) or load balancer answers for hosts that do not exist.`;
  }
}

function probedOf(ranges: readonly AddressRange[], block: { readonly family: Family; readonly first: bigint }): number {
  const last = block.first + BigInt(blockSize - 1);
  let probed = 0n;
  for (const range of ranges) {
    if (range.family !== block.family || range.last < block.first || range.first > last) continue;
    const from = range.first > block.first ? range.first : block.first;
    const to = range.last < last ? range.last : last;
    probed += to - from + 1n;
  }
  return Number(probed);
}

/**
 * Mutates messages of real clients and feeds them to `identify` and to every parser, whatever the first bytes.
 * `node test/fuzz/mutate-parsers.ts [COUNT] [SEED]`: prints its findings; exit status 1 if something threw or was slow.
 */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { identify } from "../../src/wire/identify.ts";
import { protocols } from "../../src/wire/protocols.ts";

/** One call may take this long before it counts as slow; it is then repeated by processor time, because the machine may be busy. */
const slowMs = 5;
const retries = 3;
const kept = 10;

export interface FuzzResult {
  readonly inputs: number;
  readonly calls: number;
  readonly slowestMs: number;
  /** At most ten of each, with the input in hex. */
  readonly exceptions: readonly string[];
  readonly slow: readonly string[];
}

/** @param count inputs to make; each is passed to `identify` and to every parser */
export function mutateParsers(count: number, seed: number): FuzzResult {
  const corpus = readCorpus();
  const random = pseudoRandom(seed);
  const targets = [
    { name: "identify", run: (bytes: Uint8Array): unknown => identify(bytes) },
    ...protocols.flatMap(({ name, attempt, attemptExpected }) =>
      [attempt, attemptExpected ?? []].flat().map((run) => ({ name, run })),
    ),
  ];
  const exceptions: string[] = [];
  const slow: string[] = [];
  let slowestMs = 0;
  for (let input = 0; input < count; input++) {
    const bytes = mutate(corpus, random);
    for (const { name, run } of targets) {
      try {
        let elapsedMs = timed(run, bytes);
        for (let again = 0; again < retries && elapsedMs > slowMs; again++) {
          elapsedMs = Math.min(elapsedMs, processorTime(run, bytes));
        }
        slowestMs = Math.max(slowestMs, elapsedMs);
        if (elapsedMs > slowMs && slow.length < kept) slow.push(`${name} ${elapsedMs.toFixed(1)} ms: ${shown(bytes)}`);
      } catch (error) {
        if (exceptions.length < kept) exceptions.push(`${name} ${String(error)}: ${shown(bytes)}`);
      }
    }
  }
  return { inputs: count, calls: count * targets.length, slowestMs, exceptions, slow };
}

function timed(run: (bytes: Uint8Array) => unknown, bytes: Uint8Array): number {
  const started = performance.now();
  run(bytes);
  return performance.now() - started;
}

/** Milliseconds of this thread's processor time. */
function processorTime(run: (bytes: Uint8Array) => unknown, bytes: Uint8Array): number {
  const started = process.threadCpuUsage();
  run(bytes);
  const { user, system } = process.threadCpuUsage(started);
  return (user + system) / 1000;
}

type Random = (below: number) => number;

/** xorshift32: the same inputs for the same seed. */
function pseudoRandom(seed: number): Random {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const interesting = [0x00, 0x01, 0x03, 0x0a, 0x0d, 0x10, 0x16, 0x20, 0x3a, 0x7f, 0x80, 0x81, 0xfe, 0xff];

function mutate(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = Buffer.from(pick(corpus, random));
  for (let changes = 1 + random(6); changes > 0; changes--) {
    const at = random(bytes.length + 1);
    const end = Math.min(bytes.length, at + 1 + random(16));
    switch (random(8)) {
      case 0:
        bytes = bytes.subarray(0, at);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
        break;
      case 3:
        // The beginning of one message and the end of another.
        bytes = Buffer.concat([bytes.subarray(0, at), pick(corpus, random).subarray(random(64))]);
        break;
      case 4:
        // A field that is longer than the bytes that are read.
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.alloc(random(20_000), interesting[random(14)]),
          bytes.subarray(at),
        ]);
        break;
      case 5:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      default:
        if (at < bytes.length) bytes[at] = random(2) === 0 ? random(256) : (interesting[random(14)] ?? 0);
    }
    if (bytes.length > 40_000) bytes = bytes.subarray(0, 40_000);
  }
  return bytes;
}

function pick(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  return corpus[random(corpus.length)] ?? new Uint8Array(0);
}

function readCorpus(): readonly Uint8Array[] {
  const wire = path.join(import.meta.dirname, "..", "..", "src", "wire");
  return globSync(path.join(wire, "*", "fixtures", "*"))
    .sort()
    .map((file) => readFileSync(file));
}

function shown(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 4096)).toString("hex");
}

if (import.meta.main) {
  const count = Number(process.argv[2] ?? 20_000);
  const seed = Number(process.argv[3] ?? 1);
  const started = performance.now();
  const { inputs, calls, slowestMs, exceptions, slow } = mutateParsers(count, seed);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  for (const line of [...exceptions, ...slow]) process.stdout.write(`${line}\n`);
  process.stdout.write(
    `${inputs} inputs, ${calls} calls in ${seconds} s (seed ${seed}): ${exceptions.length} exceptions, ` +
      `${slow.length} slower than ${slowMs} ms, slowest ${slowestMs.toFixed(2)} ms\n`,
  );
  process.exitCode = exceptions.length + slow.length === 0 ? 0 : 1;
}

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import type { Outcome } from "../../src/wire/outcome.ts";

/** The part of a message that a parser may look at (`maxInspectedBytes`). */
const inspectedBytes = 16_384;

export interface Samples {
  /** Complete messages, byte for byte: one each, with nothing after it. */
  readonly valid: readonly Uint8Array[];
  /**
   * Messages with more bytes after them, or without their own end (a telnet negotiation, lines sent in advance): their
   * beginnings may be complete matches too.
   */
  readonly streams?: readonly Uint8Array[];
  /** Fast-check runs of each property. */
  readonly runs?: number;
}

/**
 * Registers the test for parsers to which not all of {@link parserProperties} apply: any bytes have an
 * answer.
 */
export function parserNeverThrows<Value>(
  parse: (bytes: Uint8Array) => Outcome<Value>,
  samples: readonly Uint8Array[],
): void {
  test("a sample is a match, and no change to it makes the parser throw", () => {
    for (const message of samples) assert.equal(parse(message).kind, "match", shown(message));
    const changes = fc.array(mutation, { maxLength: 8 });
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.uint8Array({ maxLength: 200 }),
        changes,
        (message, cut, tail, mutations) => {
          const bytes = Buffer.concat([message.subarray(0, cut % (message.length + 1)), tail]);
          assert.ok(["match", "incomplete", "mismatch"].includes(parse(mutations.reduce(mutated, bytes)).kind));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("messages of other protocols never make the parser throw", () => neverThrowsOnOthers(parse));
}

/**
 * Registers the tests of every parser in `src/wire/`: it is total, its answer is bounded by its input, it depends
 * only on the bytes, and a message cut short never becomes another identification.
 */
export function parserProperties<Value>(parse: (bytes: Uint8Array) => Outcome<Value>, samples: Samples): void {
  const streams = samples.streams ?? [];
  const all = [...samples.valid, ...streams];
  const numRuns = samples.runs ?? 200;

  test("every sample is a complete match", () => {
    for (const message of all) {
      const outcome = parse(message);
      assert.equal(outcome.kind, "match", shown(message));
      assert.ok(outcome.kind === "match" && outcome.complete, shown(message));
    }
  });

  test("no bytes are incomplete", () => {
    assert.deepEqual(parse(new Uint8Array(0)), { kind: "incomplete" });
  });

  test("a message cut short is incomplete or a part of the same identification", () => {
    for (const message of all) {
      const whole = parse(message);
      for (let length = 0; length < message.length; length++) {
        const outcome = parse(message.subarray(0, length));
        const at = `${length} of ${shown(message)}`;
        assert.notEqual(outcome.kind, "mismatch", at);
        if (outcome.kind !== "match" || whole.kind !== "match") continue;
        assert.ok(isPartOf(outcome.value, whole.value), `${at}: ${JSON.stringify(outcome.value, plain)}`);
        if (!streams.includes(message)) assert.equal(outcome.complete, false, at);
      }
    }
  });

  test("arbitrary bytes never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => holds(parse, bytes)),
      { numRuns },
    );
  });

  test("arbitrary bytes after the beginning of a message never throw", () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(), fc.uint8Array({ maxLength: 300 }), (message, cut, tail) =>
        holds(parse, Buffer.concat([message.subarray(0, cut % (message.length + 1)), tail])),
      ),
      { numRuns },
    );
  });

  test("messages of other protocols never make the parser throw", () => neverThrowsOnOthers(parse));

  test("a message with bytes changed, dropped or doubled never throws", () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.array(mutation, { minLength: 1, maxLength: 8 }), (message, mutations) =>
        holds(parse, mutations.reduce(mutated, message)),
      ),
      { numRuns: numRuns * 2 },
    );
  });

  test("the answer does not depend on where the bytes are in memory, and does not change them", () => {
    for (const message of all) {
      const moved = new Uint8Array(message.length + 64).fill(0x41);
      moved.set(message, 13);
      const window = moved.subarray(13, 13 + message.length);
      assert.deepEqual(parse(window), parse(message));
      assert.deepEqual(parse(Buffer.from(message)), parse(message));
      assert.deepEqual(window, message);
    }
  });

  test("a flood takes no more steps than its beginning", () => {
    for (const flood of floods(all)) {
      const started = process.cpuUsage();
      const outcome = parse(flood);
      const spent = process.cpuUsage(started);
      // Linear work on 256 KiB takes single milliseconds; quadratic work takes minutes.
      assert.ok(spent.user + spent.system < 1_000_000, `${spent.user + spent.system} µs`);
      assert.deepEqual(outcome, parse(flood.subarray(0, inspectedBytes)), "bytes past 16 KiB changed the answer");
    }
  });
}

const wireFolder = path.join(import.meta.dirname, "../../src/wire");
/** Messages of real clients of all protocols. */
const fixtures: readonly Uint8Array[] = globSync("*/fixtures/*.bin", { cwd: wireFolder })
  .sort()
  .map((file) => readFileSync(path.join(wireFolder, file)));

function neverThrowsOnOthers<Value>(parse: (bytes: Uint8Array) => Outcome<Value>): void {
  fc.assert(
    fc.property(fc.constantFrom(...fixtures), fc.array(mutation, { maxLength: 2 }), (message, mutations) => {
      assert.ok(["match", "incomplete", "mismatch"].includes(parse(mutations.reduce(mutated, message)).kind));
    }),
    { numRuns: 150 },
  );
}

function holds<Value>(parse: (bytes: Uint8Array) => Outcome<Value>, bytes: Uint8Array): void {
  const outcome = parse(bytes);
  assert.ok(["match", "incomplete", "mismatch"].includes(outcome.kind));
  if (outcome.kind !== "match") return;
  const answer = JSON.stringify(outcome.value, plain);
  assert.ok(answer.length <= 2048 + 8 * Math.min(bytes.length, inspectedBytes), `an answer of ${answer.length}`);
}

type Mutation =
  | { readonly kind: "set"; readonly at: number; readonly byte: number }
  | { readonly kind: "drop" | "double"; readonly at: number; readonly length: number };

// Extreme values reach length fields more often than random ones.
const byte = fc.oneof(
  fc.constantFrom(0x00, 0x01, 0x0a, 0x0d, 0x20, 0x7f, 0x80, 0xff),
  fc.integer({ min: 0, max: 255 }),
);
const length = fc.integer({ min: 1, max: 16 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), at: fc.nat(), byte }),
  fc.record({ kind: fc.constantFrom("drop" as const, "double" as const), at: fc.nat(), length }),
);

function mutated(message: Uint8Array, change: Mutation): Uint8Array {
  if (message.length === 0) return message;
  const at = change.at % message.length;
  if (change.kind === "set") {
    const copy = Uint8Array.from(message);
    copy[at] = change.byte;
    return copy;
  }
  const end = Math.min(message.length, at + change.length);
  return change.kind === "drop"
    ? Uint8Array.from([...message.subarray(0, at), ...message.subarray(end)])
    : Uint8Array.from([...message.subarray(0, end), ...message.subarray(at)]);
}

function* floods(messages: readonly Uint8Array[]): Generator<Uint8Array> {
  const size = 262_144;
  for (const message of messages) {
    yield new Uint8Array(Buffer.alloc(size, message));
    for (const filler of [0x00, 0x20, 0x41, 0xff]) {
      const flood = new Uint8Array(size).fill(filler);
      // Without its last byte, so that an unfinished field continues into the filler.
      flood.set(message.subarray(0, message.length - 1));
      yield flood;
    }
  }
}

/** Every fact of `part` is in `whole` too: lists may be shorter, facts may be absent, none may differ. */
function isPartOf(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(whole) && part.length <= whole.length && part.every((item, i) => isPartOf(item, whole[i]));
  }
  if (typeof part === "object" && part !== null) {
    if (typeof whole !== "object" || whole === null) return false;
    const facts = new Map<string, unknown>(Object.entries(whole));
    return Object.entries(part).every(([name, fact]) => fact === undefined || isPartOf(fact, facts.get(name)));
  }
  return Object.is(part, whole);
}

function plain(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function shown(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 64)).toString("hex");
}

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatEventId, parseEventId, positionOf } from "./event.ts";

const number = fc.maxSafeInteger().map(Math.abs);

test("the id of an event gives back its position, in 47 characters or less", () => {
  const positions = fc.record(
    { connection: number, discovery: number, change: number, row: number },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(positions, (position) => {
      const id = formatEventId(position);
      assert.ok(id.length <= 47, id);
      assert.equal(parseEventId(id), id);
      assert.deepEqual(positionOf(id), position);
    }),
  );
});

test("any text is the id of an event or not", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-z-]{0,60}$/)), (text) => {
      const id = parseEventId(text);
      if (id !== undefined) assert.ok(Object.values(positionOf(id)).every(Number.isSafeInteger));
    }),
  );
  for (const text of ["", "1-2-3", "1-2-3-4-5", "1-2-3-G", "1-2-3--4", "zzzzzzzzzzz-0-0-0"]) {
    assert.equal(parseEventId(text), undefined, text);
  }
});

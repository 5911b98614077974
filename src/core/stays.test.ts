import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseMac } from "./device.ts";
import { type Stay, staysAt } from "./stays.ts";

const minute = 60_000;
const nine = Date.UTC(2026, 10, 30, 9);
const nas = parseMac("00:11:32:00:00:10") ?? assert.fail();
const phone = parseMac("a6:5e:60:12:34:56") ?? assert.fail();

/** Minutes after nine. */
const stay = (mac: Stay["mac"], from: number, to?: number): Stay => ({
  mac,
  from: nine + from * minute,
  to: to === undefined ? undefined : nine + to * minute,
});
const at = (from: number, to = from) => ({ from: nine + from * minute, to: nine + to * minute });

describe("the device that had an address", () => {
  test("is the one that had it then, whoever has it now", () => {
    const stays = [stay(nas, 0, 100), stay(phone, 110)];
    assert.deepEqual(staysAt(stays, at(50)), [nas]);
    assert.deepEqual(staysAt(stays, at(110)), [phone]);
    assert.deepEqual(staysAt(stays, at(100_000)), [phone]);
  });

  test("is several where several had it then", () => {
    assert.deepEqual(staysAt([stay(phone, 0), stay(nas, 10)], at(20)), [nas, phone]);
    assert.deepEqual(staysAt([stay(phone, 0), stay(nas, 100)], at(30)), [phone]);
  });

  test("is the one that a survey saw there soonest before or after, within an hour", () => {
    const stays = [stay(nas, 0, 100), stay(phone, 130)];
    assert.deepEqual(staysAt(stays, at(105)), [nas]);
    assert.deepEqual(staysAt(stays, at(129)), [phone]);
    assert.deepEqual(staysAt(stays, at(115)), [nas, phone]);
    assert.deepEqual(staysAt(stays, at(-60)), [nas]);
    assert.deepEqual(staysAt(stays, at(-61)), []);
    assert.deepEqual(staysAt([stay(nas, 0, 100)], at(161)), []);
  });

  test("is several within an hour of a change that overlaps its time", () => {
    // The first one left and came back, and the other one had the address in between.
    const stays = [stay(nas, 0), stay(phone, 300, 600)];
    assert.deepEqual(staysAt(stays, at(239)), [nas]);
    assert.deepEqual(staysAt(stays, at(241)), [nas, phone]);
    assert.deepEqual(staysAt(stays, at(659)), [nas, phone]);
    assert.deepEqual(staysAt(stays, at(661)), [nas]);
    assert.deepEqual(staysAt([stay(nas, 0, 300), stay(phone, 310)], at(299)), [nas]);
  });

  test("of a span is each that had it in a part of it", () => {
    const stays = [stay(nas, 0, 100), stay(phone, 130)];
    assert.deepEqual(staysAt(stays, at(50, 90)), [nas]);
    assert.deepEqual(staysAt(stays, at(50, 140)), [nas, phone]);
    assert.deepEqual(staysAt([], at(50, 140)), []);
  });
});

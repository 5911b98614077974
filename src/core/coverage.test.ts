import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, parseAddress } from "./address.ts";
import { coverageOf, coverageRatio, coverageSize, coverageTest } from "./coverage.ts";
import { parseRange } from "./network.ts";
import { everyPort } from "./ports.ts";

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

test("a failed scan covers nothing, and a user's command covers everything", () => {
  assert.equal(coverageTest({ kind: "none" })(address("10.0.0.1"), 22), false);
  assert.equal(coverageTest({ kind: "all" })(address("10.0.0.1"), 22), true);
});

test("a user's command covers everything except what was not probed", () => {
  const covers = coverageTest({ kind: "all", except: ["10.0.0.1 22"] });
  assert.equal(covers(address("10.0.0.1"), 22), false);
  assert.equal(covers(address("10.0.0.1"), 80), true);
});

test("a host that is excluded completely is not covered as one on which every port answers", () => {
  const network = parseRange("10.0.0.0/24");
  assert.ok(network !== undefined);
  const covers = coverageTest({
    kind: "ranges",
    ranges: [network],
    ports: [22, 80],
    except: [`10.0.0.9 ${everyPort}`],
  });
  assert.equal(covers(address("10.0.0.9"), everyPort), false);
  assert.equal(covers(address("10.0.0.9"), 22), true);
  assert.equal(covers(address("10.0.0.8"), everyPort), true);
});

test("only what was probed is covered: the ranges and ports, without the exclusions", () => {
  const network = parseRange("10.0.0.0/24");
  assert.ok(network !== undefined);
  const covers = coverageTest({ kind: "ranges", ranges: [network], ports: [22, 80], except: ["10.0.0.9 22"] });
  assert.equal(covers(address("10.0.0.1"), 22), true);
  assert.equal(covers(address("10.0.0.1"), 443), false);
  assert.equal(covers(address("10.0.1.1"), 22), false);
  assert.equal(covers(address("10.0.0.9"), 22), false);
  assert.equal(covers(address("10.0.0.9"), 80), true);
});

test("the size of a coverage is the number of probed endpoints", () => {
  const coverage = coverageOf([address("10.0.0.1"), address("::1")], [22, 80]);
  assert.equal(coverageSize(coverage), 4n);
  assert.equal(coverageSize({ kind: "none" }), 0n);
  assert.equal(coverageSize({ kind: "all" }), undefined);
});

test("the ratio of a coverage is what was probed of what was asked for", () => {
  const coverage = coverageOf([address("10.0.0.1"), address("10.0.0.2")], [22, 80]);
  assert.equal(coverageRatio(coverage), 1);
  assert.ok(coverage.kind === "ranges");
  assert.equal(coverageRatio({ ...coverage, except: ["10.0.0.1 22"] }), 0.75);
  assert.equal(coverageRatio({ kind: "none" }), 0);
  assert.equal(coverageRatio({ kind: "all", except: ["10.0.0.1 22"] }), undefined);
  assert.equal(coverageRatio({ ...coverage, ranges: [] }), undefined);
});

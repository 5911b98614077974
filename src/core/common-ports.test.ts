import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { commonPortGroups, commonPorts } from "./common-ports.ts";
import { everyPortAtLeast, isPort } from "./ports.ts";

describe("the common ports", () => {
  test("are ports in order, each in one group", () => {
    assert.ok(commonPorts.every(isPort));
    assert.equal(commonPorts.length, commonPortGroups.flatMap(({ ports }) => ports).length);
    for (const { ports } of commonPortGroups) {
      assert.deepEqual(
        ports,
        [...ports].sort((a, b) => a - b),
      );
    }
  });

  test("are few enough for every hour, and enough to detect a host on which every port answers", () => {
    assert.ok(commonPorts.length <= 100);
    assert.ok(commonPorts.length >= everyPortAtLeast);
  });
});

describe("the guide", () => {
  test("lists the common ports exactly", () => {
    const guide = readFileSync(new URL("../../docs/guide/README.md", import.meta.url), "utf8");
    for (const { name, services, reason, ports } of commonPortGroups) {
      assert.ok(guide.includes(`| ${name} | ${services} | ${reason} | ${ports.join(", ")} |\n`), name);
    }
  });
});

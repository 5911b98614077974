import assert from "node:assert/strict";
import { test } from "node:test";
import { compareGroups, parseGroup, parseSubnet } from "./row-groups.ts";

const none = new Map<string, string>();

test("only what a group of a list is called is read as a group", () => {
  assert.equal(parseSubnet("192.0.2.0/24")?.first, "192.0.2.0");
  assert.equal(parseSubnet("fe80::%eth0/64")?.first, "fe80::%eth0");
  for (const wrong of ["192.0.2.0/25", "192.0.2.7/24", "192.0.2.0", "2001:db8::/48", "", "/24", "x/64"])
    assert.equal(parseSubnet(wrong), undefined, wrong);
  assert.equal(parseGroup("device", "nonsense", none), undefined);
  assert.deepEqual(parseGroup("device", "", none), { by: "device", mac: undefined });
  assert.deepEqual(parseGroup("vendor", "Apple, Inc.", none), { by: "vendor", vendor: "Apple, Inc." });
});

test("a label is that of its watches, and the name of a watch that has none", () => {
  const labels = new Map([
    ["web", "Office"],
    ["ssh", "Office"],
    ["lan", "Net"],
  ]);
  const watches = (label: string) => parseGroup("label", label, labels);
  assert.deepEqual(watches("Office"), { by: "label", watches: ["web", "ssh", "Office"] });
  assert.deepEqual(watches("lan"), { by: "label", watches: [] });
  assert.deepEqual(watches("old"), { by: "label", watches: ["old"] });
});

test("groups are in the order of their addresses or texts, and what has none is last", () => {
  const sorted = (by: "subnet" | "vendor", keys: readonly (string | undefined)[]) => keys.toSorted(compareGroups(by));
  assert.deepEqual(
    sorted("subnet", [undefined, "2001:db8::/64", "10.0.10.0/24", "10.0.9.0/24"]),
    // `toSorted` puts undefined last by itself.
    ["10.0.9.0/24", "10.0.10.0/24", "2001:db8::/64", undefined],
  );
  assert.deepEqual(sorted("vendor", ["b", "B", "a"]), ["B", "a", "b"]);
  assert.ok(compareGroups("vendor")(undefined, "z") > 0);
  assert.equal(compareGroups("vendor")(undefined, undefined), 0);
});

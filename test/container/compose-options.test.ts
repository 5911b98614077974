import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";

const text = (name: string) => readFileSync(path.join(import.meta.dirname, "../../deploy", name), "utf8");

describe("the options that are comments in compose.yaml", () => {
  test("are valid once uncommented, as are those of compose.host-network.yaml", () => {
    const written = text("compose.yaml");
    const taken = written.replaceAll(/^( +)# (network_mode: |cap_add: )/gm, "$1$2");
    const { services } = parse(taken);
    const overlay = parse(text("compose.host-network.yaml")).services.harbinger;
    assert.equal(services.harbinger.network_mode, overlay.network_mode);
    assert.deepEqual(services.harbinger.cap_add, ["NET_RAW"]);
    assert.ok(overlay.cap_add.includes("NET_RAW"));
    // Nothing is granted until the option is uncommented.
    const before = parse(written).services;
    assert.deepEqual([before.harbinger.network_mode, before.harbinger.cap_add], [undefined, undefined]);
    assert.deepEqual(services.portwatcher, before.portwatcher);
  });
});

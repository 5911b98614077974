import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, parseAddress } from "../../core/address.ts";
import { OwnPorts } from "../../core/own-ports.ts";
import type { ScanEngine, ScanResult } from "../../core/scan-engine.ts";
import type { Sighting } from "../../core/sighting.ts";
import { WithoutOwnPorts } from "./without-own-ports.ts";

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

test("decoys are removed from the result of a scanner that cannot exclude them", async () => {
  const done: ScanResult = { status: "complete", engine: "command", coverage: { kind: "all" }, notes: [] };
  const found = ["10.0.0.5 22", "10.0.0.6 22", "10.0.0.5 23"].map((text) => {
    const [host = "", port = ""] = text.split(" ");
    return { address: address(host), port: Number(port) };
  });
  const stubborn: ScanEngine = {
    async scan(_job, observer) {
      await observer.sighted(found);
      observer.progress?.({ done: 3, total: undefined, found: 3 });
      return done;
    },
  };
  const own = new OwnPorts([{ address: address("0.0.0.0"), port: 22 }], (asked) => asked === "10.0.0.5");
  const seen: Sighting[] = [];
  const steps: number[] = [];
  const result = await new WithoutOwnPorts(stubborn, () => own).scan(
    { plan: { engine: "none" }, ports: [22, 23] },
    {
      async sighted(batch) {
        seen.push(...batch);
      },
      progress: ({ done: settled }) => steps.push(settled),
    },
    new AbortController().signal,
  );

  assert.deepEqual(
    seen.map((sighting) => `${sighting.address} ${sighting.port}`),
    ["10.0.0.6 22", "10.0.0.5 23"],
  );
  assert.deepEqual(steps, [3]);
  assert.equal(result, done);
});

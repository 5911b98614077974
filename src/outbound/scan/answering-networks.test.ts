import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addressFromBigInt, addressToBigInt, parseAddress } from "../../core/address.ts";
import type { Coverage } from "../../core/coverage.ts";
import { parseRange } from "../../core/network.ts";
import { AnswerCounts } from "./answering-networks.ts";

const ranges = (...texts: string[]): Coverage => ({
  kind: "ranges",
  ranges: texts.flatMap((text) => parseRange(text) ?? []),
  ports: [80, 443],
  except: [],
});

function answers(first: string, count: number, ...ports: number[]): AnswerCounts {
  const counts = new AnswerCounts();
  const start = parseAddress(first);
  assert.ok(start !== undefined);
  for (let offset = 0; offset < count; offset++) {
    const address = addressFromBigInt(addressToBigInt(start) + BigInt(offset), start.includes(":") ? 6 : 4);
    for (const port of ports) counts.add({ address, port });
  }
  return counts;
}

describe("a port that answers on nearly every address of a network", () => {
  test("is reported with the network, the ports and the likely cause", () => {
    assert.equal(
      answers("10.0.1.1", 254, 443, 80).describe(ranges("10.0.0.0/23")),
      "254 of 256 addresses of 10.0.1.0/24 answer on ports 80,443. " +
        "Perhaps a firewall (SYN proxy) or load balancer answers for hosts that do not exist.",
    );
    assert.match(
      answers("fd00::", 256, 80).describe(ranges("fd00::/120")) ?? "",
      /^256 of 256 addresses of fd00::\/120/,
    );
  });

  test("is counted against the probed addresses, and against all if these are unknown", () => {
    assert.match(
      answers("10.0.1.0", 64, 80).describe(ranges("10.0.1.0/26")) ?? "",
      /^64 of 64 addresses of 10\.0\.1\.0\/24/,
    );
    assert.equal(answers("10.0.1.0", 64, 80).describe(ranges("10.0.1.0/25")), undefined);
    assert.equal(answers("10.0.1.0", 64, 80).describe({ kind: "all" }), undefined);
    assert.notEqual(answers("10.0.1.0", 240, 80).describe({ kind: "all" }), undefined);
  });

  test("is not reported if few addresses were probed", () => {
    assert.equal(answers("10.0.1.0", 16, 80).describe(ranges("10.0.1.0/28")), undefined);
    assert.equal(new AnswerCounts().describe(ranges("10.0.1.0/28")), undefined);
  });

  test("of a large network is reported in bounded text", () => {
    const description = answers("10.0.0.0", 256 * 50, 80).describe(ranges("10.0.0.0/16")) ?? "";
    assert.match(description, /; the same holds for 47 other ports or networks\. Perhaps/);
    assert.ok(description.length < 400, description);
  });
});

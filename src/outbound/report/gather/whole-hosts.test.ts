import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { found, host, section } from "../../../../test/report/report-sample.ts";
import { parseMac } from "../../../core/device.ts";
import type { Discovery } from "../../../core/discovery.ts";
import type { ServiceRecord } from "../../../core/store.ts";
import { wholeHosts } from "./whole-hosts.ts";

const address = host("10.0.0.1");

/** Whether the host is reported as a whole if `present` are the ports that answer. */
async function isWhole(discoveries: readonly Discovery[], present: readonly number[]): Promise<boolean> {
  const services = present.map((port): ServiceRecord => ({ address, port, firstSeen: 0, lastSeen: 0, watches: [] }));
  const whole = await wholeHosts([section({}, ...discoveries)], { list: async () => ({ rows: services }) });
  return whole.has(address);
}

describe("a host is gone", () => {
  const gone = [found("gone", "10.0.0.1", 22), found("gone", "10.0.0.1", 80)];

  test("if none of its ports answers, and not if one does", async () => {
    assert.equal(await isWhole(gone, []), true);
    assert.equal(await isWhole(gone, [443]), false);
    assert.equal(await isWhole(gone, [0]), false);
  });

  test("not if its device answers, although no known port does", async () => {
    const device = {
      mac: parseMac("b8:27:eb:00:00:01") ?? assert.fail(),
      randomised: false,
      approved: false,
      addresses: [],
    };
    const ofDevice = (isThere: boolean) =>
      gone.map((discovery) => ({ ...discovery, device: { ...device, ...(isThere ? { isThere } : {}) } }));
    assert.equal(await isWhole(ofDevice(true), []), false);
    assert.equal(await isWhole(ofDevice(false), []), true);
  });

  test("even if another watch has not missed the same port yet", async () => {
    assert.equal(await isWhole(gone, [80]), true);
  });

  test("not if another of its ports is new or back", async () => {
    assert.equal(await isWhole([...gone, found("new", "10.0.0.1", 443)], [443]), false);
    assert.equal(await isWhole([...gone, found("returned", "10.0.0.1", 443)], [443]), false);
  });
});

describe("a host is back", () => {
  const back = [found("returned", "10.0.0.1", 22)];

  test("if none of its ports answered before", async () => {
    assert.equal(await isWhole(back, [22]), true);
    assert.equal(await isWhole([...back, found("new", "10.0.0.1", 80)], [22, 80]), true);
    assert.equal(await isWhole(back, [22, 443]), false);
  });
});

test("at most 500 hosts are looked up for one report", async () => {
  let lookups = 0;
  const many = Array.from({ length: 600 }, (_, index) => found("gone", `10.1.${index >> 8}.${index & 255}`, 22));
  await wholeHosts([section({}, ...many)], {
    list: async () => {
      lookups += 1;
      return { rows: [] };
    },
  });
  assert.equal(lookups, 500);
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseAddress } from "../../../core/address.ts";
import { parseMac } from "../../../core/device.ts";
import { Findings } from "./findings.ts";

function neighbour(addressText: string, macText: string, isRouter = false) {
  const address = parseAddress(addressText) ?? assert.fail(addressText);
  const mac = parseMac(macText) ?? assert.fail(macText);
  return { address, mac, link: "eth0", ...(isRouter ? { isRouter } : {}) };
}

const own = parseMac("52:54:00:00:00:02") ?? assert.fail();
const device = "b8:27:eb:00:00:01";

function findings(gateway = "192.168.50.1"): Findings {
  return new Findings({ own: new Set([own]), gateways: [parseAddress(gateway) ?? assert.fail()] });
}

describe("findings of a survey", () => {
  test("have each pair of address and MAC address once, in order, and the gateway as a router", () => {
    const found = findings();
    for (const text of ["192.168.50.10", "192.168.50.2", "192.168.50.10", "192.168.50.1"])
      found.add(neighbour(text, device));
    assert.deepEqual(found.neighbours(), [
      neighbour("192.168.50.1", device, true),
      neighbour("192.168.50.2", device),
      neighbour("192.168.50.10", device),
    ]);
  });

  test("mark a neighbour as a router when a later answer has the flag", () => {
    const found = findings();
    found.add(neighbour("fe80::1%eth0", device));
    found.add(neighbour("fe80::1%eth0", device, true));
    assert.deepEqual(found.neighbours(), [neighbour("fe80::1%eth0", device, true)]);
  });

  test("leave out this machine, group addresses, and addresses that no host can have", () => {
    const found = findings();
    assert.equal(found.add(neighbour("192.168.50.2", own)), false);
    assert.equal(found.add(neighbour("192.168.50.3", "01:00:5e:00:00:16")), false);
    assert.equal(found.add(neighbour("192.168.50.3", "ff:ff:ff:ff:ff:ff")), false);
    assert.equal(found.add(neighbour("192.168.50.3", "00:00:00:00:00:00")), false);
    for (const text of ["224.0.0.22", "255.255.255.255", "127.0.0.1", "0.0.0.0", "ff02::16", "::"])
      assert.equal(found.add(neighbour(text, device)), false, text);
    assert.deepEqual(found.neighbours(), []);
  });

  test("accept a bounded number of addresses of one device", () => {
    const found = findings();
    for (let at = 1; at < 100; at++) {
      found.add(neighbour(`fd00::${at.toString(16)}`, device));
      found.add(neighbour("192.168.50.9", `02:00:00:00:00:${at.toString(16)}`));
    }
    assert.equal(found.neighbours().filter(({ address }) => address.startsWith("fd00")).length, 64);
    assert.equal(found.neighbours().filter(({ address }) => address === "192.168.50.9").length, 4);
  });

  test("do not take silence for absence where answers were dropped", () => {
    const found = findings();
    for (let at = 1; at <= 4; at++) found.add(neighbour("192.168.50.9", `02:00:00:00:00:0${at}`));
    assert.equal(found.silenceCounts(parseAddress("192.168.50.9") ?? assert.fail()), true);
    found.add(neighbour("192.168.50.9", device));
    assert.equal(found.silenceCounts(parseAddress("192.168.50.9") ?? assert.fail()), false);
    assert.equal(found.silenceCounts(parseAddress("192.168.50.10") ?? assert.fail()), true);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Address, ipv4FromNumber, parseAddress } from "../../../core/address.ts";
import { parseMac } from "../../../core/device.ts";
import type { SurveyRequest } from "../../../core/link-survey.ts";
import { AddressSet, parseRange } from "../../../core/network.ts";
import { type PlanSources, planSurvey } from "./survey-plan.ts";

function address(text: string): Address {
  return parseAddress(text) ?? assert.fail(text);
}

function range(text: string) {
  return parseRange(text) ?? assert.fail(text);
}

function link(name: string, cidr: string, own: string) {
  return { name, range: range(cidr), address: address(own), mac: parseMac("52:54:00:00:00:02") ?? assert.fail() };
}

const sources: PlanSources = {
  links4: [link("eth0", "192.168.50.0/29", "192.168.50.2"), link("wlan0", "10.0.0.0/8", "10.0.0.2")],
  links6: [link("eth0", "fe80::/64", "fe80::2%eth0"), link("eth0", "fd00:50::2/128", "fd00:50::2")],
  routes6: [{ link: "eth0", range: range("fd00:50::/64") }],
  maxAddresses: 1000,
};

function plan(request: Partial<SurveyRequest>, more: Partial<PlanSources> = {}) {
  const full: SurveyRequest = { ranges: [], known: [], since: 0, isAllowed: () => true, ...request };
  return planSurvey(full, { ...sources, ...more });
}

function targets(request: Partial<SurveyRequest>, more: Partial<PlanSources> = {}): readonly string[] {
  return plan(request, more).interfaces.flatMap(({ targets4 }) => targets4.map(({ target }) => target));
}

describe("the plan of a survey", () => {
  test("probes the hosts of an own network: not its first and last address, not this machine, nothing outside", () => {
    const probed = targets({ ranges: [range("192.168.50.0/24"), range("192.0.2.0/24")] });
    assert.deepEqual(probed, ["192.168.50.1", "192.168.50.3", "192.168.50.4", "192.168.50.5", "192.168.50.6"]);
  });

  test("probes both addresses of a /31 (RFC 3021)", () => {
    const links4 = [link("p2p", "192.168.50.2/31", "192.168.50.2")];
    assert.deepEqual(targets({ ranges: [range("192.168.50.0/24")] }, { links4 }), ["192.168.50.3"]);
  });

  test("probes known addresses first, also those outside of the ranges, and each once", () => {
    const probed = targets({
      ranges: [range("192.168.50.1-4")],
      known: [address("192.168.50.6"), address("192.168.50.3"), address("192.0.2.1")],
    });
    assert.deepEqual(probed, ["192.168.50.6", "192.168.50.3", "192.168.50.1", "192.168.50.4"]);
  });

  test("never probes what is not allowed", () => {
    const isAllowed = (probed: Address) => probed !== "192.168.50.5" && !probed.startsWith("fd00");
    const request = { ranges: [range("192.168.50.0/29")], known: [address("fd00:50::9")], isAllowed };
    assert.ok(!targets(request).includes("192.168.50.5"));
    assert.deepEqual(plan(request).interfaces[0]?.targets6, []);
  });

  test("counts the addresses that it left out", () => {
    const { interfaces, leftOut } = plan({ ranges: [range("10.0.0.0/8")] });
    assert.equal(interfaces[0]?.targets4.length, 1000);
    assert.equal(leftOut, 2n ** 24n - 2n - 1001n);
  });

  test("probes known IPv6 addresses on their interface, and never a network", () => {
    const known = ["fe80::9%eth0", "fe80::9%wlan0", "fd00:50::9", "fd00:51::9"].map(address);
    const { interfaces } = plan({ known, ranges: [range("fd00:50::/64")] });
    assert.deepEqual(
      interfaces.map(({ name, targets6 }) => [name, targets6]),
      [["eth0", ["fe80::9%eth0", "fd00:50::9"]]],
    );
  });

  test("leaves out interfaces that reach none of the requested addresses", () => {
    assert.deepEqual(
      plan({ ranges: [range("192.168.50.1")] }).interfaces.map(({ name }) => name),
      ["eth0"],
    );
    assert.deepEqual(plan({ ranges: [range("192.0.2.0/24")] }).interfaces, []);
  });

  test("for any ranges probes only requested hosts of own networks", () => {
    const part = fc.tuple(fc.nat(400), fc.nat(400)).map(([first, size]) => {
      const base = 0xc0a8_3100 + first;
      return range(`${ipv4FromNumber(base)}-${ipv4FromNumber(base + size)}`);
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (ranges) => {
        const wanted = new AddressSet(ranges);
        const probed = targets({ ranges });
        assert.equal(new Set(probed).size, probed.length);
        for (const text of probed) {
          assert.ok(wanted.has(address(text)));
          assert.match(text, /^192\.168\.50\.[13456]$/);
        }
      }),
    );
  });
});

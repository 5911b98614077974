import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Address, parseAddress } from "../../../core/address.ts";
import { parseMac } from "../../../core/device.ts";
import { MdnsFindings } from "./mdns-findings.ts";

function address(text: string): Address {
  return parseAddress(text) ?? assert.fail(text);
}

const mac = parseMac("b8:27:eb:00:00:01") ?? assert.fail();
const four = { address: address("192.168.50.10"), mac, link: "eth0" };
const six = { address: address("fe80::1%eth0"), mac, link: "eth0" };
const nothing = { pointers: [], addresses: [], services: [] };

describe("what answers of multicast DNS say", () => {
  it("names an address by its reverse name or by a host's address record", () => {
    const findings = new MdnsFindings([four, six]);
    assert.deepEqual(findings.unnamed(), [four.address, six.address]);
    findings.add({ ...nothing, pointers: [{ name: "10.50.168.192.IN-ADDR.arpa", target: "nas.local" }] }, four.address);
    findings.add({ ...nothing, addresses: [{ host: "nas6.local", address: address("fe80::1") }] }, four.address);
    assert.deepEqual([...findings.names().values()], ["nas", "nas6"]);
    assert.deepEqual(findings.unnamed(), []);
  });

  it("counts more from the host itself than from another one", () => {
    const findings = new MdnsFindings([four]);
    const other = address("192.168.50.66");
    const says = (host: string) => ({ ...nothing, addresses: [{ host, address: four.address }] });
    findings.add(says("forged.local"), other);
    findings.add(says("nas.local"), four.address);
    findings.add(says("forged-again.local"), other);
    assert.deepEqual([...findings.names().values()], ["nas"]);
  });

  it("says nothing about addresses that were not asked for", () => {
    const findings = new MdnsFindings([four]);
    findings.add({ ...nothing, addresses: [{ host: "x.local", address: address("192.168.50.11") }] }, four.address);
    assert.equal(findings.names().size, 0);
  });

  it("tells a bounded number of kinds of services", () => {
    const findings = new MdnsFindings([four]);
    const pointers = Array.from({ length: 200 }, (_, at) => ({
      name: "_services._dns-sd._udp.local",
      target: `_kind${at}._tcp.local`,
    }));
    findings.add(
      { ...nothing, pointers: [{ name: "_services._dns-sd._udp.local", target: "evil.example" }] },
      four.address,
    );
    findings.add({ ...nothing, pointers }, four.address);
    assert.equal(findings.takeKinds().length, 64);
    assert.equal(findings.takeKinds()[0], "_kind0._tcp.local");
  });
});

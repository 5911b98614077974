import assert from "node:assert/strict";
import { describe, test } from "node:test";
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

describe("names in answers of multicast DNS", () => {
  test("name an address by its reverse name or by a host's address record", () => {
    const findings = new MdnsFindings([four, six]);
    assert.deepEqual(findings.unnamed(), [four.address, six.address]);
    findings.add({ ...nothing, pointers: [{ name: "10.50.168.192.IN-ADDR.arpa", target: "nas.local" }] }, four.address);
    findings.add({ ...nothing, addresses: [{ host: "nas6.local", address: address("fe80::1") }] }, four.address);
    assert.deepEqual([...findings.names().values()], ["nas", "nas6"]);
    assert.deepEqual(findings.unnamed(), []);
  });

  test("have a higher priority from the host itself than from another one", () => {
    const findings = new MdnsFindings([four]);
    const other = address("192.168.50.66");
    const answering = (host: string) => ({ ...nothing, addresses: [{ host, address: four.address }] });
    findings.add(answering("forged.local"), other);
    findings.add(answering("nas.local"), four.address);
    findings.add(answering("forged-again.local"), other);
    assert.deepEqual([...findings.names().values()], ["nas"]);
  });

  test("leave out addresses that were not queried", () => {
    const findings = new MdnsFindings([four]);
    findings.add({ ...nothing, addresses: [{ host: "x.local", address: address("192.168.50.11") }] }, four.address);
    assert.equal(findings.names().size, 0);
  });

  test("lead from types of services to hosts, with questions only for what is not answered yet", () => {
    const findings = new MdnsFindings([four]);
    const pointer = (name: string, target: string) => ({ ...nothing, pointers: [{ name, target }] });
    findings.add(pointer("_services._dns-sd._udp.local", "_http._tcp.local"), four.address);
    findings.add(pointer("_services._dns-sd._udp.local", "evil.example"), four.address);
    assert.deepEqual(findings.takeFollowing(), [{ name: "_http._tcp.local", type: "PTR" }]);
    assert.deepEqual(findings.takeFollowing(), []);
    findings.add(pointer("_http._tcp.local", "Files._http._tcp.local"), four.address);
    assert.deepEqual(findings.takeFollowing(), [{ name: "Files._http._tcp.local", type: "SRV" }]);
    findings.add({ ...nothing, services: [{ service: "Files._http._tcp.local", host: "nas.local" }] }, four.address);
    findings.add({ ...nothing, services: [{ service: "Other._http._tcp.local", host: "pc.local" }] }, four.address);
    findings.add({ ...nothing, addresses: [{ host: "pc.local", address: address("192.168.50.30") }] }, four.address);
    assert.deepEqual(findings.takeFollowing(), [{ name: "nas.local", type: "A" }]);
  });

  test("lead to a bounded number of questions, whatever hosts answer", () => {
    const findings = new MdnsFindings([four]);
    let questions = 0;
    for (let round = 0; round < 5; round++) {
      const pointers = Array.from({ length: 200 }, (_, at) => ({
        name: "_http._tcp.local",
        target: `Service ${round} ${at}._http._tcp.local`,
      }));
      findings.add({ ...nothing, pointers }, four.address);
      questions += findings.takeFollowing().length;
    }
    assert.equal(questions, 128);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import dnsPacket from "dns-packet";
import fc from "fast-check";
import { mdnsQuestion, parseMdnsAnswer } from "./parse.ts";

const answer = dnsPacket.encode({
  type: "response",
  id: 7,
  answers: [
    { type: "PTR", name: "10.50.168.192.in-addr.arpa", data: "nas.local" },
    { type: "PTR", name: "_http._tcp.local", data: "Files of Anna._http._tcp.local" },
  ],
  additionals: [
    { type: "TXT", name: "nas.local", data: "x" },
    { type: "SRV", name: "Files of Anna._http._tcp.local", data: { target: "nas.local", port: 80 } },
    { type: "A", name: "nas.local", data: "192.168.50.10" },
    { type: "AAAA", name: "nas.local", data: "fe80::211:32ff:fe00:10" },
  ],
});

describe("an answer of multicast DNS", () => {
  test("has names of addresses, services and hosts", () => {
    assert.deepEqual(parseMdnsAnswer(answer), {
      pointers: [
        { name: "10.50.168.192.in-addr.arpa", target: "nas.local" },
        { name: "_http._tcp.local", target: "Files of Anna._http._tcp.local" },
      ],
      addresses: [
        { host: "nas.local", address: "192.168.50.10" },
        { host: "nas.local", address: "fe80::211:32ff:fe00:10" },
      ],
      services: [{ service: "Files of Anna._http._tcp.local", host: "nas.local" }],
    });
  });

  test("is rejected if it is a question, or claims more records than it can hold", () => {
    assert.equal(parseMdnsAnswer(mdnsQuestion("_services._dns-sd._udp.local", "PTR", 1) ?? assert.fail()), undefined);
    assert.equal(parseMdnsAnswer(Buffer.from("000084000000ffffffffffff", "hex")), undefined);
  });

  test("gives nothing more where it is cut short, and never a part of an address", () => {
    const whole = parseMdnsAnswer(answer) ?? assert.fail();
    for (let length = 0; length < answer.length; length++) {
      const cut = parseMdnsAnswer(answer.subarray(0, length));
      for (const { address } of cut?.addresses ?? [])
        assert.ok(whole.addresses.some((full) => full.address === address));
      for (const { target } of cut?.pointers ?? []) assert.ok(whole.pointers.some((full) => full.target === target));
    }
  });

  test("never throws for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(answer.length - 1), fc.nat(255), (noise, at, byte) => {
        parseMdnsAnswer(noise);
        parseMdnsAnswer(Buffer.concat([answer.subarray(0, 12), noise]));
        const changed = Buffer.from(answer);
        changed[at] = byte;
        parseMdnsAnswer(changed);
      }),
    );
  });
});

describe("a question of multicast DNS", () => {
  test("requests a direct answer", () => {
    const question = mdnsQuestion("1.50.168.192.in-addr.arpa", "PTR", 0x1234) ?? assert.fail();
    assert.equal(Buffer.from(question).toString("hex", 0, 12), "123400000001000000000000");
    assert.equal(Buffer.from(question).toString("hex", question.length - 4), "000c8001");
  });

  test("is not made from a name that is invalid in DNS", () => {
    for (const name of ["", "a..b", "a".repeat(64), `${"a".repeat(60)}.`.repeat(5).slice(0, -1)])
      assert.equal(mdnsQuestion(name, "PTR", 1), undefined);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
        const question = mdnsQuestion(name, "PTR", 1);
        assert.ok(question === undefined || question.length <= 12 + 255 + 4);
      }),
    );
  });
});

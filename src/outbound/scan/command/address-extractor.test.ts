import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Address, addressFromBigInt, familyOf, ipv4FromNumber, parseAddress } from "../../../core/address.ts";
import { extractAddresses } from "./address-extractor.ts";

function found(text: string): string[] {
  return [...extractAddresses(text)];
}

const ipv4 = fc
  .integer({ min: 1, max: 0xffffffff })
  .map((value) => ipv4FromNumber(value))
  .filter((address) => address !== "0.0.0.0");
const ipv6 = fc
  .bigInt({ min: 2n ** 125n, max: 2n ** 126n })
  .map((value) => addressFromBigInt(value, 6))
  .filter((address) => address.split(":").some((group) => group.length > 2));

test("addresses are found in the output of usual tools", () => {
  const cases: [string, string[]][] = [
    ["10.0.0.1", ["10.0.0.1"]],
    ["10.0.0.1\n10.0.0.2\r\n", ["10.0.0.1", "10.0.0.2"]],
    ["Nmap scan report for web.lan (10.0.0.1)", ["10.0.0.1"]],
    ["Discovered open port 80/tcp on 10.0.0.1", ["10.0.0.1"]],
    ["10.0.0.1:22", ["10.0.0.1"]],
    ["10.0.0.1:22:open", ["10.0.0.1"]],
    ["http://10.0.0.1/index.html", ["10.0.0.1"]],
    ["http://[fe80::1]:8080/", ["fe80::1"]],
    ["[::1]:80", ["::1"]],
    ["Found ::1.", ["::1"]],
    ["fe80::1: open", ["fe80::1"]],
    ["inet6 addr:fe80::1/64 Scope:Link", ["fe80::1"]],
    ["IP:::1", ["::1"]],
    ["2001:DB8:0:0:0:0:0:1", ["2001:db8::1"]],
    ["::ffff:10.0.0.1", ["10.0.0.1"]],
    ["fe80::1%eth0 up", ["fe80::1%eth0"]],
    ["fe80::1%br-lan up", ["fe80::1"]],
    ["127.0.0.53%lo:53", ["127.0.0.53"]],
    ['{"ip":"10.0.0.1","ip6":"fd00::a"}', ["10.0.0.1", "fd00::a"]],
    ["10.0.0.1,10.0.0.2;10.0.0.3", ["10.0.0.1", "10.0.0.2", "10.0.0.3"]],
    ["10.0.0.1-10.0.0.9", ["10.0.0.1", "10.0.0.9"]],
    ["10.0.0.1...done", []],
    ["It is 10.0.0.1.", ["10.0.0.1"]],
    ["10.0.0.1... done", ["10.0.0.1"]],
    ["\u001b[1;32m10.0.0.1\u001b[0m", ["10.0.0.1"]],
    ["host:10.0.0.1:22", ["10.0.0.1"]],
    ["10.0.0.1 10.0.0.1", ["10.0.0.1", "10.0.0.1"]],
    [String.raw`"up:\n10.0.0.1\r\nfe80::1\t10.0.0.2"`, ["10.0.0.1", "fe80::1", "10.0.0.2"]],
    [String.raw`{\"ip\":\"10.0.0.1\",\u002210.0.0.2\u0022}`, ["10.0.0.1", "10.0.0.2"]],
    [String.raw`"10.0.0.0\/24","10.0.0.7\/24"`, ["10.0.0.7"]],
  ];
  for (const [text, expected] of cases) assert.deepEqual(found(text), expected, text);
});

test("a network is not an address, but an address with its mask is one", () => {
  assert.deepEqual(found("scanning 10.0.0.0/24, fd00::/64."), []);
  assert.deepEqual(found("10.0.0.0/24."), []);
  assert.deepEqual(found("10.0.0.0/8 and 10.0.0.0 alone"), ["10.0.0.0"]);
  assert.deepEqual(found("inet 10.0.0.7/24"), ["10.0.0.7"]);
  assert.deepEqual(found("10.0.0.1/32"), ["10.0.0.1"]);
  assert.deepEqual(found("10.0.0.0/8080"), ["10.0.0.0"]);
  assert.deepEqual(found("http://10.0.0.0/8.html"), ["10.0.0.0"]);
});

test("text that only resembles an address is not one", () => {
  const texts = [
    "1.2.3.4.5",
    "v1.2.3.4",
    "lib-1.2.3.4.so",
    "4.3.2.1.in-addr.arpa",
    "256.1.1.1",
    "1.2.3",
    "010.0.0.1",
    "10.0.0.1_2",
    "0.0.0.0:22",
    "[::]:22",
    "std::string a::b Foo::2 Cafe::add",
    "12:34:56",
    "aa:bb:cc:dd:ee:ff",
    "00:11:22:33:44:55:66:77",
    "1::2::3",
    ":::::",
  ];
  for (const text of texts) assert.deepEqual(found(text), [], text);
});

test("any list of addresses is found completely and in order, with any separators", () => {
  const separator = fc.constantFrom(" ", "\n", ", ", "\t", ") (", "] [", '","', " | ", "\u00e9");
  fc.assert(
    fc.property(fc.array(fc.oneof(ipv4, ipv6), { maxLength: 20 }), separator, (addresses, between) => {
      assert.deepEqual(found(`(${addresses.join(between)})`), addresses);
    }),
  );
});

test("an IPv4 address and a port, an IPv6 address in brackets and a port, are found", () => {
  fc.assert(
    fc.property(fc.oneof(ipv4, ipv6), fc.integer({ min: 1, max: 65535 }), (address, port) => {
      const literal = familyOf(address) === 6 ? `[${address}]` : address;
      assert.deepEqual(found(`open ${literal}:${port}`), [address]);
    }),
  );
});

test("any text gives canonical addresses only, and never throws", () => {
  const pieces = fc.array(
    fc.constantFrom(..."0123456789abcdefgz.:/%[]()-_ \n\u001b".split(""), "::", "10.", "1.2.3.4", "fe80::", "/24"),
    { maxLength: 60 },
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    pieces.map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      for (const address of extractAddresses(text)) assert.equal(parseAddress(address), address satisfies Address);
    }),
    { numRuns: 2000 },
  );
});

test("hostile output of a megabyte is read in linear time", () => {
  const size = 1_000_000;
  const units = [
    "1",
    ".",
    ":",
    "1.",
    "1:",
    "::",
    "10.0.0.1:",
    "a:",
    "g:",
    "fe80::1%",
    "\u001b[",
    "\\u",
    "\\n",
    "1.2.3.4/",
    "z_:1",
    "/",
  ];
  for (const unit of units) {
    const text = unit.repeat(size / unit.length);
    const startedAt = process.threadCpuUsage();
    let count = 0;
    for (const _ of extractAddresses(text)) count += 1;
    const elapsedMs = process.threadCpuUsage(startedAt).user / 1000;
    // Quadratic work would take minutes here; linear work takes some 20 ms.
    assert.ok(elapsedMs < 10_000, `${JSON.stringify(unit)} took ${elapsedMs} ms`);
    assert.ok(count <= size / 7);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ipv4FromNumber, parseAddress } from "../../../core/address.ts";
import { reverseNameOf } from "../../../core/reverse-name.ts";
import { hostNameOf } from "./host-name.ts";

test("host names are kept, without the final dot", () => {
  for (const name of ["example.net", "printer", "a_b.example", "xn--bcher-kva.example", "7.example", "HOST.Example"]) {
    assert.equal(hostNameOf(name), name);
    assert.equal(hostNameOf(`${name}.`), name);
  }
});

test("text that cannot be a host name is rejected", () => {
  const long = `${"a".repeat(63)}.`.repeat(4);
  for (const text of [
    "",
    ".",
    "a..b",
    "-a.b",
    "a-.b",
    "a b",
    "a\\027b",
    "<b>.x",
    "10.0.0.1",
    "1.2.3.4.5",
    "::1",
    long,
    "a".repeat(64),
  ]) {
    assert.equal(hostNameOf(text), undefined, JSON.stringify(text));
  }
});

test("for any answer of a reverse zone, a name has only harmless characters and at most 253 of them", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 400 }), fc.domain()), (text) => {
      const name = hostNameOf(text);
      assert.ok(name === undefined || (name.length <= 253 && /^[A-Za-z0-9._-]+$/.test(name)));
    }),
  );
});

test("the reverse name of an address is its octets or nibbles backwards", () => {
  const six = parseAddress("2001:db8::567:89ab");
  assert.ok(six !== undefined);
  assert.equal(reverseNameOf(ipv4FromNumber(0x0a_01_02_03)), "3.2.1.10.in-addr.arpa");
  // The example of RFC 3596 section 2.5, with another prefix.
  assert.equal(reverseNameOf(six), "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { knownFacts } from "../../../test/wire/known-facts.ts";
import { fixture, hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse, rdp } from "./client.ts";

const nmap = fixture(import.meta.url, "nmap-cookie.bin");
/** MS-RDPBCGR section 4.1.1. */
const specification = hex(
  "0300002c 27e00000000000 436f6f6b69653a206d737473686173683d656c746f6e730d0a 0100080000000000",
);
const withoutCookie = hex("03000013 0ee00000000000 0100080003000000");
const old = hex("0300000b 06e00000000000");
/** `Cookie: msts=3640205228.15629.0000`, as from a load balancer (MS-RDPBCGR section 3.2.5.3.1). */
const token = `${Buffer.from("Cookie: msts=3640205228.15629.0000\r\n").toString("hex")}`;
const balanced = hex(`03000037 32e00000000000 ${token} 010008000b000000`);

describe("rdp", () => {
  test("the example of the specification: a cookie, and no security protocol requested", () => {
    assert.deepEqual(parse(specification), {
      kind: "match",
      value: { cookie: "eltons", routingToken: undefined, requestedProtocols: 0 },
      complete: true,
    });
    assert.deepEqual(rdp.attempt(specification), {
      kind: "match",
      value: { rdp: { cookie: "eltons", requestedProtocols: ["rdp"] } },
      complete: true,
    });
  });

  test("nmap is recognised by the cookie", () => {
    const outcome = parse(nmap);
    assert.ok(outcome.kind === "match" && outcome.value.cookie === "nmap");
  });

  test("a routing token is distinguished from a user name", () => {
    const outcome = rdp.attempt(balanced);
    assert.ok(outcome.kind === "match");
    assert.deepEqual(outcome.value.rdp, {
      routingToken: "Cookie: msts=3640205228.15629.0000",
      requestedProtocols: ["tls", "nla", "nla-ex"],
    });
  });

  test("a client need not send a cookie or a negotiation request", () => {
    assert.equal(parse(withoutCookie).kind, "match");
    assert.equal(parse(old).kind, "match");
  });

  test("other protocols over ISO transport are something else", () => {
    const s7 = "03000016 11e00000000100 c0010a c1020100 c2020102";
    const h323 = "0300000b 0802000105000000";
    for (const other of [s7, h323, "0300000b06d00000000000", "03010000", "0300000a05e000000000", "16030100"]) {
      assert.equal(parse(hex(other)).kind, "mismatch", other);
    }
  });

  parserProperties(knownFacts(parse), { valid: [specification, nmap, withoutCookie, old, balanced] });
});

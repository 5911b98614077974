import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse, parseExpected } from "./client.ts";

const message = (body: string) =>
  joined(text("ZBXD\u0001"), Uint8Array.of(body.length), hex("00000000000000"), text(body));
const get = message("agent.ping");
const checks = message('{"request":"active checks","host":"web1"}');

describe("zabbix", () => {
  test("the requested item of an agent or a server is read", () => {
    equalFacts(parse(get), match({ key: "agent.ping" }));
    equalFacts(parse(checks), match({ request: "active checks", host: "web1" }));
  });

  test("a single line is a key where Zabbix is expected", () => {
    equalFacts(parseExpected(text("system.run[id]\n")), match({ key: "system.run[id]" }));
    assert.equal(parse(text("agent.ping\n")).kind, "mismatch");
    assert.equal(parseExpected(text("GET / HTTP/1.0\n")).kind, "mismatch");
  });

  test("unknown flags are something else", () => {
    assert.equal(parse(text("ZBXD\u0010")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [get, checks] });
});

describe("zabbix, on a port where it is expected", () => parserProperties(parseExpected, { valid: [get, checks] }));

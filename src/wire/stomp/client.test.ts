import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const connect = fixture(import.meta.url, "stompit-connect.bin");
const stomp = text("STOMP\r\naccept-version:1.2\r\nhost:example.org\r\n\r\n\0");

describe("stomp", () => {
  test("the frame contains login and host, but no passcode", () => {
    equalFacts(
      parse(connect),
      match({ command: "CONNECT", login: "alice", host: "/shop", acceptVersion: "1.0,1.1,1.2" }),
    );
    equalFacts(parse(stomp), match({ command: "STOMP", host: "example.org", acceptVersion: "1.2" }));
  });

  test("CONNECT of HTTP and NATS, and a body where none may be, are something else", () => {
    assert.equal(parse(text("CONNECT example.org:443 HTTP/1.1\r\n")).kind, "mismatch");
    assert.equal(parse(text('CONNECT {"lang":"go"}\r\n')).kind, "mismatch");
    assert.equal(parse(text("CONNECT\nlogin:a\n\nbody\0")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [stomp], streams: [connect] });
});

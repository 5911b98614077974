import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

// RFC 3261 section 24.2, without its body.
const invite = text(
  [
    "INVITE sip:bob@biloxi.com SIP/2.0",
    "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8",
    "Max-Forwards: 70",
    "To: Bob <sip:bob@biloxi.com>",
    "From: Alice <sip:alice@atlanta.com>;tag=1928301774",
    "Call-ID: a84b4c76e66710",
    "CSeq: 314159 INVITE",
    "Contact: <sip:alice@pc33.atlanta.com>",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n"),
);
const options = text(
  'OPTIONS sip:100@192.0.2.7 SIP/2.0\r\nf: "sipvicious"<sip:100@1.1.1.1>\r\ni: 845\r\nUser-Agent: friendly-scanner\r\n\r\n',
);

describe("sip", () => {
  test("an INVITE contains caller and callee", () => {
    equalFacts(
      parse(invite),
      match({
        method: "INVITE",
        uri: "sip:bob@biloxi.com",
        callId: "a84b4c76e66710",
        from: "Alice <sip:alice@atlanta.com>;tag=1928301774",
        to: "Bob <sip:bob@biloxi.com>",
      }),
    );
  });

  test("short header names are read, and the user agent is read", () => {
    equalFacts(
      parse(options),
      match({
        method: "OPTIONS",
        uri: "sip:100@192.0.2.7",
        userAgent: "friendly-scanner",
        callId: "845",
        from: '"sipvicious"<sip:100@1.1.1.1>',
      }),
    );
  });

  test("a password in the URI is never included", () => {
    equalFacts(
      parse(text("REGISTER sip:alice:secret@192.0.2.7 SIP/2.0\r\n\r\n")),
      match({ method: "REGISTER", uri: "sip:alice:***@192.0.2.7" }),
    );
  });

  test("the same request of HTTP or RTSP is something else", () => {
    assert.equal(parse(text("OPTIONS / HTTP/1.1\r\n\r\n")).kind, "mismatch");
    assert.equal(parse(text("OPTIONS / RTSP/1.0\r\n\r\n")).kind, "mismatch");
    assert.equal(parse(text("OPTIONS * HT")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [invite, options] });
});

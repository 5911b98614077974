import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

// RFC 6120 section 4.7.
const header = text(
  "<?xml version='1.0'?>\n<stream:stream from='juliet@im.example.com' to='im.example.com' version='1.0' xml:lang='en' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
);
const bare = text('<stream:stream to="example.org" xmlns="jabber:server">');

describe("xmpp", () => {
  test("the stream header contains sender and destination", () => {
    equalFacts(parse(header), match({ to: "im.example.com", from: "juliet@im.example.com", namespace: "client" }));
    equalFacts(parse(bare), match({ to: "example.org", namespace: "server" }));
  });

  test("other XML is something else", () => {
    assert.equal(parse(text('<?xml version="1.0"?><methodCall>')).kind, "mismatch");
    assert.equal(parse(text("< NTP/1.2 >\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [header, bare] });
});

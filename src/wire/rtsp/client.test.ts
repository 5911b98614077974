import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const options = fixture(import.meta.url, "curl-options.bin");
const describeCamera = text(
  "DESCRIBE rtsp://admin:12345@192.0.2.7:554/Streaming/Channels/101 RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n\r\n",
);

describe("rtsp", () => {
  test("curl's OPTIONS names its user agent", () => {
    equalFacts(parse(options), match({ method: "OPTIONS", url: "*", version: "1.0", userAgent: "curl/7.88.1" }));
  });

  test("a password in the URL is never included", () => {
    equalFacts(
      parse(describeCamera),
      match({ method: "DESCRIBE", url: "rtsp://admin:***@192.0.2.7:554/Streaming/Channels/101", version: "1.0" }),
    );
  });

  test("the same request of HTTP or SIP is something else", () => {
    assert.equal(parse(text("OPTIONS * HTTP/1.1\r\n")).kind, "mismatch");
    assert.equal(parse(text("OPTIONS sip:nm SIP/2.0\r\n")).kind, "mismatch");
    assert.equal(parse(text("GET / HTTP/1.1\r\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [options, describeCamera, text("OPTIONS / RTSP/1.0\r\n\r\n")] });
});

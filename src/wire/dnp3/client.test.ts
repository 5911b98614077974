import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { dnpChecksum, parse } from "./client.ts";

const linkStatus = withChecksums("0564 05 c9 0000 0000");
const read = withChecksums("0564 0b c4 0100 0a00", "c0 c0 01 3c02 06");

/** A frame with the checksums that the two blocks need. */
function withChecksums(...blocks: readonly string[]): Uint8Array {
  return Uint8Array.from(
    blocks.flatMap((block) => {
      const bytes = hex(block);
      const checksum = dnpChecksum(bytes);
      return [...bytes, checksum & 0xff, checksum >> 8];
    }),
  );
}

describe("dnp3", () => {
  test("the checksum is that of the catalogue of CRC algorithms", () => {
    assert.equal(dnpChecksum(text("123456789")), 0xea82);
  });

  test("a question for the link's state shows both addresses", () => {
    assert.deepEqual(parse(linkStatus), match({ source: 0, destination: 0, linkFunction: "request-link-status" }));
  });

  test("user data contains its function", () => {
    assert.deepEqual(
      parse(read),
      match({ source: 10, destination: 1, linkFunction: "unconfirmed-user-data", function: "read" }),
    );
  });

  test("a wrong checksum is something else", () => {
    assert.equal(parse(linkStatus.with(8, 0)).kind, "mismatch");
  });

  parserProperties(parse, { valid: [linkStatus, read] });
});

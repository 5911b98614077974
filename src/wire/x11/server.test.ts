import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseX11Answer, xorgVersion } from "./server.ts";

describe("parseX11Answer", () =>
  parserProperties(parseX11Answer, { valid: [], streams: [hex(`00 04 000b 0000 0001 ${hexOf("No p")}`)], runs: 60 }));

test("the release number of an X.Org server becomes its version", () => {
  assert.equal(xorgVersion(12101007), "21.1.7");
});

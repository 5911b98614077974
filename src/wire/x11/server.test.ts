import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseX11Answer, xorgVersion } from "./server.ts";

describe("parseX11Answer", () =>
  parserProperties(parseX11Answer, { valid: [], streams: serverAnswers.parseX11Answer, runs: 60 }));

test("the release number of an X.Org server becomes its version", () => {
  assert.equal(xorgVersion(12101007), "21.1.7");
});

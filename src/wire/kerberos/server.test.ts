import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseKerberosError } from "./server.ts";

describe("parseKerberosError", () =>
  parserProperties(parseKerberosError, {
    valid: [],
    streams: serverAnswers.parseKerberosError,
    runs: 60,
  }));

test("the error of a key distribution center contains its code, its realm and its text", () => {
  const outcome = parseKerberosError(
    hex(
      "000000ad7e81aa3081a7a003020105a10302011ea411180f32303236313132383137313231365aa505020307c096a603020106a7131b1148415242494e4745522e494e56414c4944a8163014a003020101a10d300b1b0968617262696e676572a9131b1148415242494e4745522e494e56414c4944aa263024a003020102a11d301b1b066b72627467741b1148415242494e4745522e494e56414c4944ab121b10434c49454e545f4e4f545f464f554e44",
    ),
  );
  assert.ok(outcome.kind === "match");
  assert.deepEqual(outcome.value, { code: 6, realm: "HARBINGER.INVALID", text: "CLIENT_NOT_FOUND" });
});

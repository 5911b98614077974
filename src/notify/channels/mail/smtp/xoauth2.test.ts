import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readTokenChallenge, xoauth2Response } from "./xoauth2.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

test("the response contains user and token, as Google's example does", () => {
  // https://developers.google.com/workspace/gmail/imap/xoauth2-protocol#the_sasl_xoauth2_mechanism
  const example =
    "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==";

  assert.equal(xoauth2Response("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"), example);
});

test("a challenge contains its status and the required scope", () => {
  const text = '{"status":"401","schemes":"bearer mac","scope":"https://mail.google.com/"}';

  assert.deepEqual(readTokenChallenge(` ${base64(text)}\r\n`), { status: "401", scope: "https://mail.google.com/" });
});

test("anything else is not a challenge", () => {
  for (const text of ["", " ", "VXNlcm5hbWU6", base64("null"), base64("[]"), base64("{}"), "A".repeat(100_000)]) {
    assert.equal(readTokenChallenge(text), undefined);
  }
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json().map(base64), fc.base64String()), (text) => {
      const challenge = readTokenChallenge(text);
      assert.ok((challenge?.status ?? "").length <= 200 && (challenge?.scope ?? "").length <= 200);
    }),
  );
});

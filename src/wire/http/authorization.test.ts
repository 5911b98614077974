import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readAuthorization } from "./authorization.ts";

const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64");

describe("what a client sends about itself over HTTP", () => {
  test("with Basic and Digest: the user", () => {
    assert.deepEqual(readAuthorization(`Basic ${base64("alice:s3cret")}`), { scheme: "basic", user: "alice" });
    assert.deepEqual(readAuthorization('Digest username="alice", realm="x"'), { scheme: "digest", user: "alice" });
  });

  test("with NTLM, and within Negotiate: the domain and the machine too", () => {
    const negotiate =
      "NTLMSSP\0\u0001\0\0\0\0\u0032\0\0\u0004\0\u0004\0\u0020\0\0\0\u0003\0\u0003\0\u0024\0\0\0CORPPC7";
    const who = { domain: "CORP", workstation: "PC7" };
    assert.deepEqual(readAuthorization(`NTLM ${base64(negotiate)}`), { scheme: "ntlm", ...who });
    assert.deepEqual(readAuthorization(`Negotiate ${base64(`\x60\x48${negotiate}`)}`), { scheme: "negotiate", ...who });
    assert.deepEqual(readAuthorization("Negotiate YII="), { scheme: "negotiate" });
  });
});

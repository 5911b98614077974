import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { emailSchema } from "./schema.ts";
import { type EmailSettings, emailSettings, type TlsMode } from "./settings.ts";

function settings(section: object): EmailSettings {
  return emailSettings(emailSchema.parse({ smtp_server: "m", ...section }), "box");
}

describe("the email section", () => {
  const modes: [object, TlsMode][] = [
    [{ use_tls: true }, "starttls"],
    [{ use_tls: false }, "none"],
    [{ use_tls: true, smtp_port: 465 }, "implicit"],
    [{ smtp_port: "465" }, "implicit"],
    [{}, "opportunistic"],
    [{ username: "u" }, "starttls"],
    [{ tls: "starttls", smtp_port: 465 }, "starttls"],
    [{ tls: "none", username: "u" }, "none"],
  ];
  for (const [section, mode] of modes) {
    test(`means ${mode} with ${JSON.stringify(section)}`, () => {
      const made = settings(section);
      assert.equal(made.kind === "smtp" && made.tls, mode);
    });
  }

  test("has a sender: the given one, a user name that is an address, or this machine", () => {
    assert.equal(settings({ from_address: "a@b", username: "c@d" }).fromAddress, "a@b");
    assert.equal(settings({ username: "c@d" }).fromAddress, "c@d");
    assert.equal(settings({ username: "c" }).fromAddress, "harbinger@box");
  });

  test("needs a server or the local command, and only one setting of TLS", () => {
    assert.equal(emailSchema.safeParse({}).success, false);
    assert.equal(emailSchema.safeParse({ use_local_mail: true }).success, true);
    assert.equal(emailSchema.safeParse({ smtp_server: "m", tls: "none", use_tls: true }).success, false);
  });

  test("rejects values that could add a header or command", () => {
    assert.equal(emailSchema.safeParse({ smtp_server: "m", from_address: "a@b\r\nBcc: c@d" }).success, false);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { emailSchema } from "../../schema.ts";
import { emailSettings } from "../../settings.ts";

const microsoft = { provider: "microsoft365", tenant: "contoso.example", client_id: "c", client_secret: "s" };

function settings(oauth2: object, email: object = {}) {
  const made = emailSettings(emailSchema.parse({ username: "a@example.org", ...email, oauth2 }), "box");
  assert.ok(made.kind === "smtp");
  return made;
}

/** Each problem as `place: message`. */
function complaints(oauth2: object, email: object = {}): string {
  const result = emailSchema.safeParse({ username: "a@example.org", ...email, oauth2 });
  return (result.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n");
}

describe("email.oauth2", () => {
  test("needs few keys for Microsoft 365: server, port, encryption, token_url and scope are filled in", () => {
    assert.deepEqual(settings(microsoft), {
      kind: "smtp",
      server: "smtp.office365.com",
      port: 587,
      tls: "starttls",
      verify: true,
      credentials: undefined,
      fromAddress: "a@example.org",
      oauth2: {
        provider: "microsoft365",
        tokenUrl: "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
        clientId: "c",
        clientSecret: "s",
        refreshToken: undefined,
        scope: "https://outlook.office365.com/.default",
        tokenStore: undefined,
        username: "a@example.org",
      },
    });
  });

  test("requests the right scope with a refresh token of Microsoft 365", () => {
    const { oauth2 } = settings({ ...microsoft, tenant: "common", refresh_token: "r" });
    assert.equal(oauth2?.scope, "https://outlook.office.com/SMTP.Send offline_access");
  });

  test("needs few keys for Google, too", () => {
    const { server, oauth2 } = settings({ provider: "google", client_id: "c", client_secret: "s", refresh_token: "r" });
    assert.equal(server, "smtp.gmail.com");
    assert.equal(oauth2?.tokenUrl, "https://oauth2.googleapis.com/token");
    assert.equal(oauth2?.scope, "https://mail.google.com/");
  });

  test("prefers given values to those of the provider", () => {
    const made = settings({ ...microsoft, scope: "other" }, { smtp_server: "m.example", use_tls: true });
    assert.equal(made.server, "m.example");
    assert.equal(made.oauth2?.scope, "other");
    assert.equal(made.verify, true);
  });

  test("works with any server", () => {
    const own = { token_url: "https://id.example.org/token", client_id: "c", client_secret: "s" };
    assert.equal(settings(own, { smtp_server: "m.example" }).oauth2?.tokenUrl, own.token_url);
    assert.match(complaints(own), /smtp_server is missing/);
  });

  const wrong: readonly [string, object, object, RegExp][] = [
    ["a password too", microsoft, { password: "p" }, /^oauth2: give either password .* or oauth2/],
    ["no username", microsoft, { username: undefined }, /^oauth2: needs email\.username/],
    ["the local command", microsoft, { use_local_mail: true }, /^oauth2: not used with use_local_mail/],
    ["no encryption", microsoft, { tls: "none" }, /^tls: oauth2 needs encryption/],
    ["opportunistic encryption", microsoft, { tls: "opportunistic" }, /^tls: oauth2 needs encryption/],
    ["no STARTTLS", microsoft, { use_tls: false }, /^use_tls: oauth2 needs encryption/],
    ["no tenant", { ...microsoft, tenant: undefined }, {}, /^oauth2\.tenant: missing/],
    [
      "an unknown tenant",
      { ...microsoft, tenant: "common" },
      {},
      /^oauth2\.tenant: without a refresh_token it must be one/,
    ],
    ["a tenant that is a path", { ...microsoft, tenant: "../x" }, {}, /^oauth2\.tenant: expected the directory/],
    [
      "another token_url",
      { ...microsoft, token_url: "https://x.example/" },
      {},
      /^oauth2\.token_url: not the token_url/,
    ],
    [
      "no secret",
      { ...microsoft, client_secret: undefined },
      {},
      /^oauth2\.client_secret: missing .*HARBINGER_EMAIL_OAUTH2_CLIENT_SECRET/,
    ],
    [
      "no refresh token",
      { provider: "google", client_id: "c", client_secret: "s" },
      {},
      /^oauth2\.refresh_token: missing: Google/,
    ],
    [
      "a tenant of Google",
      { provider: "google", tenant: "t", client_id: "c", refresh_token: "r" },
      {},
      /^oauth2\.tenant: only/,
    ],
    [
      "no provider",
      { client_id: "c", client_secret: "s" },
      { smtp_server: "m" },
      /^oauth2\.token_url: missing: give it, or provider/,
    ],
    [
      "unencrypted tokens",
      { ...microsoft, tenant: undefined, token_url: "http://id.example/" },
      {},
      /^oauth2\.token_url: expected an https/,
    ],
    [
      "a file without use",
      { ...microsoft, token_store: "f" },
      {},
      /^oauth2\.token_store: only used with a refresh_token/,
    ],
    ["an unknown key", { ...microsoft, secret: "f" }, {}, /^oauth2: Unrecognized key/],
    [
      "a secret of two lines",
      { ...microsoft, client_secret: "a\nb" },
      {},
      /^oauth2\.client_secret: expected a single line/,
    ],
  ];
  for (const [name, oauth2, email, words] of wrong) {
    test(`rejects ${name}, with the place and the remedy`, () => assert.match(complaints(oauth2, email), words));
  }

  test("accepts http for this machine only", () => {
    for (const host of ["localhost", "127.0.0.1:8080", "[::1]:1"]) {
      const own = { token_url: `http://${host}/token`, client_id: "c", client_secret: "s" };
      assert.equal(complaints(own, { smtp_server: "m" }), "", host);
    }
  });
});

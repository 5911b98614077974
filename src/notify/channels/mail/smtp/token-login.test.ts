import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { certificatePath, MailServer, type MailServerOptions } from "../../../../../test/harness/smtp-server.ts";
import { TokenEndpoint, type TokenEndpointOptions, testClient } from "../../../../../test/harness/token-endpoint.ts";
import { contractMessage, never } from "../../../../../test/notify/channel-contract.ts";
import { ManualClock } from "../../../../../test/notify/manual-clock.ts";
import { AccessTokens } from "./oauth2/access-tokens.ts";
import { SmtpChannel } from "./smtp-channel.ts";
import { xoauth2Response } from "./xoauth2.ts";

const user = "alerts@example.org";
const recipient = "security@example.org";
const ca = readFileSync(certificatePath("localhost"), "utf8");
const timeouts = { connectMs: 5000, greetingMs: 5000, replyMs: 5000 };

/** A mail server that accepts only tokens from a token endpoint, both over TLS. */
async function setUp(endpointOptions: TokenEndpointOptions = {}, serverOptions: MailServerOptions = {}) {
  await using stack = new AsyncDisposableStack();
  const endpoint = stack.use(await TokenEndpoint.start({ certificate: "localhost", ...endpointOptions }));
  const server = stack.use(
    await MailServer.start({
      tls: "starttls",
      tokenLogin: { user, accepts: (token) => endpoint.isValid(token) },
      ...serverOptions,
    }),
  );
  const clock = new ManualClock();
  const tokens = new AccessTokens({
    settings: { tokenUrl: endpoint.url, clientId: testClient.id, clientSecret: testClient.secret },
    storeFile: "",
    clock,
    ca,
    timeoutMs: 5000,
  });
  const channel = new SmtpChannel({
    host: "localhost",
    port: server.port,
    tls: serverOptions.tls ?? "starttls",
    from: user,
    login: { user, tokens },
    ca,
    timeouts,
  });
  const send = () => channel.send(contractMessage, recipient, never());
  const resources = stack.move();
  return { endpoint, server, clock, channel, tokens, send, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

for (const tls of ["starttls", "implicit"] as const) {
  test(`${tls}: the token logs in over an encrypted connection, and the outcome has its expiry time`, async () => {
    await using lab = await setUp({}, { tls });

    const outcome = await lab.send();

    assert.ok(outcome.kind === "delivered", JSON.stringify(outcome));
    assert.match(
      outcome.detail ?? "",
      /\(access token of https:\/\/localhost:\d+, valid until 2026-01-05T09:00:00Z\)$/,
    );
    assert.equal(lab.server.accepted[0]?.user, user);
    assert.equal(lab.server.accepted[0]?.secure, true);
  });
}

test("one token serves many mails until it is renewed in time", async () => {
  await using lab = await setUp();

  await Promise.all([lab.send(), lab.send(), lab.send()]);
  lab.clock.advance(3_400_000);
  await lab.send();

  assert.equal(lab.server.accepted.length, 4);
  assert.equal(lab.endpoint.issued.length, 2);
});

test("a revoked token is replaced once, and the mail is sent in the same attempt", async () => {
  await using lab = await setUp();
  await lab.send();
  lab.endpoint.revokeAll();

  const outcome = await lab.send();

  assert.equal(outcome.kind, "delivered");
  assert.equal(lab.endpoint.issued.length, 2);
  assert.equal(lab.server.sessions, 3);
});

test("after a server rejects two tokens, the mail waits", async () => {
  await using lab = await setUp({}, { tokenLogin: { user, accepts: () => false } });

  const outcome = await lab.send();

  assert.ok(outcome.kind === "retry");
  assert.equal(outcome.closed, true);
  assert.match(outcome.reason, /refused the access token for alerts@example\.org, and then a new one.*535.*status 400/);
  assert.equal(lab.server.sessions, 2);
  assert.equal(lab.endpoint.issued.length, 2);
});

test("a rejection without a challenge is treated the same", async () => {
  await using lab = await setUp();
  lab.server.fault = { stage: "login", kind: "reply", code: 535, text: "5.7.3 Authentication unsuccessful" };

  const outcome = await lab.send();

  assert.ok(outcome.kind === "retry");
  assert.match(outcome.reason, /SMTP\.SendAsApp.*New-ServicePrincipal.*Add-MailboxPermission/);
  assert.equal(lab.server.sessions, 2);
});

test("a temporary failure to check the token requests no new one", async () => {
  await using lab = await setUp();
  lab.server.fault = { stage: "login", kind: "reply", code: 454, text: "4.7.0 Temporary authentication failure" };

  const outcome = await lab.send();

  assert.ok(outcome.kind === "retry" && outcome.closed === true);
  assert.match(outcome.reason, /accepts no logins now/);
  assert.equal(lab.server.sessions, 1);
});

test("a server that does not accept tokens gets none, with an explanation", async () => {
  await using lab = await setUp({}, { authMethods: ["PLAIN", "LOGIN"] });

  const outcome = await lab.send();

  assert.ok(outcome.kind === "retry");
  assert.match(outcome.reason, /does not offer XOAUTH2.*password instead of oauth2/);
});

test("during a pause that the endpoint requests, neither it nor a mail server is contacted", async () => {
  await using lab = await setUp();
  lab.endpoint.fault = { kind: "reply", status: 429, headers: { "retry-after": "90" } };

  const outcome = await lab.send();

  assert.ok(outcome.kind === "retry" && outcome.closed === true);
  assert.equal(outcome.retryAfterMs, 90_000);
  assert.equal(lab.server.sessions, 0);
});

test("a sender that the login may not use can be fixed without a new message, so the mail waits", async () => {
  for (const [stage, text] of [
    ["sender", "5.7.60 SMTP; Client does not have permissions to send as this sender"],
    ["content", "5.2.252 SendAsDenied; alerts@example.org not allowed to send as other@example.org"],
  ] as const) {
    await using lab = await setUp();
    lab.server.fault = { stage, kind: "reply", code: 554, text };

    const outcome = await lab.send();

    assert.ok(outcome.kind === "retry" && outcome.closed === true);
    assert.match(outcome.reason, /email\.from_address.*Send as/);
  }
});

test("no reason contains a token or secret, whatever a mail server sends", async () => {
  await using lab = await setUp();
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 60 }), fc.integer({ min: 0, max: 5 }), async (noise, repeats) => {
      const words = noise.replace(/[^\x20-\x7e]/g, "");
      const text = `${words} {password} ${testClient.secret} `.repeat(repeats + 1);
      lab.server.fault = { stage: "login", kind: "reply", code: 535, text };
      const outcome = await lab.send();
      assert.ok(outcome.kind === "retry");
      for (const token of lab.endpoint.issued) {
        assert.ok(!outcome.reason.includes(token), outcome.reason);
        assert.ok(!outcome.reason.includes(xoauth2Response(user, token)), outcome.reason);
      }
      assert.ok(!outcome.reason.includes(testClient.secret), outcome.reason);
    }),
    { numRuns: 25 },
  );
});

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { temporaryFolder } from "../../../../../../test/harness/cli.ts";
import type { HttpFault } from "../../../../../../test/harness/http-server.ts";
import { certificatePath } from "../../../../../../test/harness/smtp-server.ts";
import { TokenEndpoint, type TokenEndpointOptions, testClient } from "../../../../../../test/harness/token-endpoint.ts";
import { never } from "../../../../../../test/notify/channel-contract.ts";
import { ManualClock } from "../../../../../../test/notify/manual-clock.ts";
import { systemClock } from "../../../../../platform/system-clock.ts";
import { AccessTokens, type AccessTokensOptions, type TokenOutcome } from "./access-tokens.ts";

const hour = 3_600_000;

async function setUp(options: TokenEndpointOptions = {}, tokenOptions: Partial<AccessTokensOptions> = {}) {
  await using stack = new AsyncDisposableStack();
  const endpoint = stack.use(await TokenEndpoint.start(options));
  const folder = stack.use(temporaryFolder());
  const clock = new ManualClock();
  const storeFile = path.join(folder.path, "state", "token.json");
  const { refreshToken } = options;
  const make = () =>
    new AccessTokens({
      settings: {
        tokenUrl: endpoint.url,
        clientId: testClient.id,
        clientSecret: testClient.secret,
        ...(refreshToken === undefined ? {} : { refreshToken }),
      },
      storeFile,
      clock,
      timeoutMs: 2000,
      ...tokenOptions,
    });
  const resources = stack.move();
  return { endpoint, clock, storeFile, make, tokens: make(), [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

function tokenOf(outcome: TokenOutcome): string {
  assert.equal(outcome.kind, "token", outcome.kind === "failed" ? outcome.reason : "");
  return outcome.kind === "token" ? outcome.token.value : "";
}

function reasonOf(outcome: TokenOutcome): string {
  assert.equal(outcome.kind, "failed");
  return outcome.kind === "failed" ? outcome.reason : "";
}

test("concurrent requests share one token, requested with a form, with its expiry time", async () => {
  await using lab = await setUp();
  const { endpoint, clock, tokens } = lab;

  const outcomes = await Promise.all([1, 2, 3, 4].map(() => tokens.current(never())));
  const later = await tokens.current(never());

  assert.equal(new Set([...outcomes, later].map(tokenOf)).size, 1);
  assert.equal(endpoint.received.length, 1);
  const [request] = endpoint.received;
  assert.equal(request?.method, "POST");
  assert.equal(request?.path, "/token");
  assert.equal(request?.headers["content-type"], "application/x-www-form-urlencoded");
  assert.equal(later.kind === "token" && later.token.expiresAt, clock.now() + hour);
});

test("a token is renewed five minutes before it expires, and a short one when a fifth of its lifetime is left", async () => {
  for (const [lifetimeSeconds, good, over] of [
    [3600, hour - 301_000, 2000],
    [10, 7900, 200],
  ] as const) {
    await using lab = await setUp({ lifetimeSeconds });
    const { endpoint, clock, tokens } = lab;
    const first = tokenOf(await tokens.current(never()));
    clock.advance(good);
    assert.equal(tokenOf(await tokens.current(never())), first);
    clock.advance(over);
    assert.notEqual(tokenOf(await tokens.current(never())), first);
    assert.equal(endpoint.issued.length, 2);
  }
});

test("a token that the mail server rejected is replaced only once for all users of it", async () => {
  await using lab = await setUp();
  const { endpoint, tokens } = lab;
  const first = await tokens.current(never());
  assert.ok(first.kind === "token");

  tokens.discard(first.token);
  const second = tokenOf(await tokens.current(never()));
  tokens.discard(first.token);
  const third = tokenOf(await tokens.current(never()));

  assert.notEqual(second, first.token.value);
  assert.equal(third, second);
  assert.equal(endpoint.issued.length, 2);
});

const json = (status: number, body: object): HttpFault => ({ kind: "reply", status, text: JSON.stringify(body) });
const failures: readonly [string, HttpFault, RegExp][] = [
  [
    "an expired secret (Microsoft)",
    json(401, {
      error: "invalid_client",
      error_description: "AADSTS7000222: The provided client secret keys for app 'x' are expired.",
    }),
    /invalid_client\): the client secret has expired.*Certificates & secrets.*email\.oauth2\.client_secret.*AADSTS7000222/,
  ],
  ["an unknown application", json(401, { error: "invalid_client" }), /check email\.oauth2\.client_id/],
  ["an application without the right", json(400, { error: "unauthorized_client" }), /may not log in as itself/],
  ["a wrong scope", json(400, { error: "invalid_scope" }), /email\.oauth2\.scope is wrong/],
  ["an unknown error", json(400, { error: "x\u001b[31m\r\ny" }), /check email\.oauth2$/],
  ["a problem of the server", { kind: "reply", status: 500, text: "<html>" }, /an internal error \(HTTP 500\)/],
  [
    "a redirect",
    { kind: "reply", status: 302, headers: { location: "http://127.0.0.1:1/" } },
    /redirects are not followed/,
  ],
  [
    "a page that is not a token",
    { kind: "reply", status: 200, text: "<html>login</html>" },
    /not JSON\); is email\.oauth2\.token_url right/,
  ],
  ["a missing page", { kind: "reply", status: 404, text: "{}" }, /HTTP 404.*token_url/],
  ["ten megabytes", { kind: "reply", status: 200, text: "x".repeat(10 * 1024 * 1024) }, /the answer is too long/],
  ["no HTTP", { kind: "garbage" }, /does not answer with HTTP/],
  ["a connection that breaks", { kind: "drop" }, /closed the connection/],
];
for (const [name, fault, words] of failures) {
  test(`${name}: there is no token, the reason is one line, and it works again afterwards`, async () => {
    await using lab = await setUp();
    const { endpoint, clock, tokens } = lab;
    endpoint.fault = fault;

    const failed = await tokens.current(never());
    endpoint.fault = undefined;
    clock.advance(10_000);
    const mended = await tokens.current(never());

    assert.match(reasonOf(failed), words);
    assert.match(reasonOf(failed), /^[^\p{Cc}]{10,700}$/u);
    assert.equal(mended.kind, "token");
  });
}

test("a silent endpoint, and one with an endless answer, are cut off at the time limit", async () => {
  for (const fault of [{ kind: "hang" }, { kind: "endless", flood: false }] as const) {
    await using lab = await setUp({}, { timeoutMs: 200 });
    const { endpoint, tokens } = lab;
    endpoint.fault = fault;
    assert.match(reasonOf(await tokens.current(never())), /did not (?:answer|complete its answer) in time/);
  }
});

test("a pause that the endpoint requests is observed", async () => {
  await using lab = await setUp();
  const { endpoint, clock, tokens } = lab;
  endpoint.fault = { kind: "reply", status: 429, headers: { "retry-after": "120" } };
  const first = await tokens.current(never());
  endpoint.fault = undefined;
  clock.advance(100_000);
  const early = await tokens.current(never());
  clock.advance(21_000);
  const late = await tokens.current(never());

  assert.equal(first.kind === "failed" && first.retryAfterMs, 120_000);
  assert.equal(early.kind === "failed" && early.retryAfterMs, 20_000);
  assert.match(reasonOf(early), /accepts no more requests now \(HTTP 429\)/);
  assert.equal(late.kind, "token");
  assert.equal(endpoint.received.length, 2);
});

test("a failure is shared for a moment, so that many recipients do not cause many requests", async () => {
  await using lab = await setUp();
  const { endpoint, tokens } = lab;
  endpoint.fault = { kind: "reply", status: 500 };

  for (let count = 0; count < 20; count += 1) await tokens.current(never());

  assert.equal(endpoint.received.length, 1);
});

test("an aborted caller returns at once; a request that no caller waits for is aborted", async () => {
  await using lab = await setUp();
  const { endpoint, tokens } = lab;
  endpoint.fault = { kind: "hang" };
  const breakOff = new AbortController();
  const impatient = tokens.current(breakOff.signal);
  await endpoint.hanging();
  endpoint.fault = undefined;
  breakOff.abort();

  assert.match(reasonOf(await impatient), /aborted before/);
  assert.match(reasonOf(await tokens.current(AbortSignal.abort())), /aborted before/);
  tokenOf(await tokens.current(never()));
});

test("a request continues while at least one caller waits", async () => {
  await using lab = await setUp();
  const breakOff = new AbortController();
  const impatient = lab.tokens.current(breakOff.signal);
  const patient = lab.tokens.current(never());
  breakOff.abort();

  assert.match(reasonOf(await impatient), /aborted before/);
  tokenOf(await patient);
  assert.equal(lab.endpoint.received.length, 1);
});

test("over TLS the endpoint must have a certificate for its name; ca_file adds its authority", async () => {
  const ca = readFileSync(certificatePath("localhost"), "utf8");
  await using trusted = await setUp({ certificate: "localhost" }, { ca });
  await using unknown = await setUp({ certificate: "localhost" });

  assert.equal((await trusted.tokens.current(never())).kind, "token");
  assert.match(reasonOf(await unknown.tokens.current(never())), /ca_file/);
  assert.equal(unknown.endpoint.received.length, 0);
});

test("a new refresh token is stored in a private file, and the next process uses it", async () => {
  await using lab = await setUp({ refreshToken: "rt.first", rotates: true });
  const { endpoint, clock, storeFile, make, tokens } = lab;
  tokenOf(await tokens.current(never()));
  const kept = endpoint.refreshToken ?? "";
  assert.ok(readFileSync(storeFile, "utf8").includes(kept));
  assert.equal(statSync(storeFile).mode & 0o777, 0o600);

  for (let restart = 0; restart < 3; restart += 1) tokenOf(await make().current(never()));
  clock.advance(hour);
  tokenOf(await tokens.current(never()));

  assert.equal(endpoint.issued.length, 5);
  assert.deepEqual(readdirSync(path.dirname(storeFile)).sort(), ["token.json", "token.json.lock"]);
});

test("an unchanged refresh token creates no file", async () => {
  await using lab = await setUp({ refreshToken: "rt.same" });
  const { storeFile, tokens } = lab;

  tokenOf(await tokens.current(never()));

  assert.equal(existsSync(storeFile), false);
});

test("a stored refresh token is no longer used once another one is configured", async () => {
  await using lab = await setUp({ refreshToken: "rt.first", rotates: true });
  tokenOf(await lab.tokens.current(never()));
  await using renewed = await setUp({ refreshToken: "rt.second" }, { storeFile: lab.storeFile });

  tokenOf(await renewed.tokens.current(never()));

  const [request] = renewed.endpoint.received;
  assert.equal(new URLSearchParams(request?.body).get("refresh_token"), "rt.second");
});

test("after a stored refresh token is rejected, the configured one is tried", async () => {
  await using lab = await setUp({ refreshToken: "rt.first", rotates: true });
  const { endpoint, storeFile, tokens, make } = lab;
  tokenOf(await tokens.current(never()));
  const text = readFileSync(storeFile, "utf8").replace(endpoint.refreshToken ?? "", "rt.lost");
  writeFileSync(storeFile, text);

  assert.match(reasonOf(await make().current(never())), /invalid_grant\): the refresh token has expired, was revoked/);
  assert.deepEqual(
    endpoint.received.slice(1).map(({ body }) => new URLSearchParams(body).get("refresh_token")),
    ["rt.lost", "rt.first"],
  );
});

test("if a new refresh token cannot be stored, no token is requested", async () => {
  await using lab = await setUp({ refreshToken: "rt.first", rotates: true }, { storeFile: "/dev/null/token.json" });
  const { endpoint, tokens } = lab;

  assert.match(reasonOf(await tokens.current(never())), /cannot be kept in \/dev\/null\/.*email\.oauth2\.token_store/);
  assert.equal(endpoint.received.length, 0);
});

test("two processes with one rotating refresh token do not use it twice", async () => {
  await using lab = await setUp({ refreshToken: "rt.first", rotates: true }, { clock: systemClock });
  const { endpoint, make } = lab;

  const outcomes = await Promise.all([1, 2, 3].map(() => make().current(never())));

  assert.equal(new Set(outcomes.map(tokenOf)).size, 3);
  assert.ok(endpoint.received.every(({ status }) => status === 200));
});

test("no reason contains a secret, whatever the endpoint sends", async () => {
  await using lab = await setUp({ refreshToken: "rt.S3cr3t/of+the=user" });
  const { endpoint, clock, tokens } = lab;
  const secrets = [testClient.secret, "rt.S3cr3t/of+the=user"];
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ x: secret }).toString().slice(2),
    Buffer.from(secret).toString("base64"),
  ]);
  const piece = fc.oneof(fc.string(), fc.constantFrom(...forms));
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 40 }),
      piece,
      fc.constantFrom(200, 400, 401, 500),
      async (pieces, word, status) => {
        clock.advance(hour);
        endpoint.fault = json(status, { error: word || "x", error_description: pieces.join("") });
        const reason = reasonOf(await tokens.current(never()));
        for (const form of forms) assert.ok(!reason.includes(form), reason);
      },
    ),
    { numRuns: 200 },
  );
});

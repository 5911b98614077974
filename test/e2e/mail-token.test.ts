import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { certificatePath, MailServer } from "../harness/smtp-server.ts";
import { TokenEndpoint, testClient } from "../harness/token-endpoint.ts";

const user = "alerts@example.org";

async function setUp() {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder());
  const endpoint = stack.use(
    await TokenEndpoint.start({ certificate: "localhost", refreshToken: "rt.first", rotates: true }),
  );
  const server = stack.use(
    await MailServer.start({ tls: "starttls", tokenLogin: { user, accepts: (token) => endpoint.isValid(token) } }),
  );
  writeFileSync(path.join(folder.path, "client-secret"), `${testClient.secret}\n`);
  writeFileSync(
    path.join(folder.path, "harbinger.yaml"),
    `email:
  smtp_server: localhost
  smtp_port: ${server.port}
  username: ${user}
  ca_file: ${fileURLToPath(certificatePath("localhost"))}
  oauth2:
    token_url: ${endpoint.url}
    client_id: ${testClient.id}
    client_secret_file: client-secret
watches:
  here: { targets: 127.0.0.1, ports: 9, email: security@example.org }
`,
  );
  const environment = { HARBINGER_EMAIL_OAUTH2_REFRESH_TOKEN: "rt.first" };
  const run = (...args: string[]) => harbinger(args, { directory: folder.path, environment });
  const resources = stack.move();
  return { folder: folder.path, endpoint, server, run, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

test("notify test and doctor show the outcome of the token request; each continues with the latest refresh token", async () => {
  await using lab = await setUp();

  const sent = await lab.run("notify", "test");
  const examined = await lab.run("doctor");
  const again = await lab.run("notify", "test");

  assert.equal(sent.status, 0, sent.stderr + sent.stdout);
  assert.match(
    sent.stdout,
    /^ok {6}mail security@example\.org: .*access token of https:\/\/localhost:\d+, valid until 20/m,
  );
  assert.match(examined.stdout, /^ok {7}mail token: access token of https:\/\/localhost:\d+, valid until/m);
  assert.match(examined.stdout, /^ok {7}mail: localhost:\d+ answers and accepts the login/m);
  assert.equal(again.status, 0, again.stdout);
  assert.equal(lab.endpoint.issued.length, 3);
  assert.equal(lab.server.accepted.length, 2);
  const kept = readFileSync(path.join(lab.folder, "harbinger-mail-token.json"), "utf8");
  assert.ok(kept.includes(lab.endpoint.refreshToken ?? "none"));
});

test("a rejected application is explained by both, without a secret", async () => {
  await using lab = await setUp();
  const text = JSON.stringify({
    error: "invalid_client",
    error_description: `AADSTS7000222: expired: ${testClient.secret} rt.first`,
  });
  lab.endpoint.fault = { kind: "reply", status: 401, text };

  for (const args of [["notify", "test"], ["doctor"]]) {
    const { status, stdout, stderr } = await lab.run(...args);
    assert.equal(status, 1);
    assert.match(stdout, /the client secret has expired; create a new one/);
    assert.ok(!(stdout + stderr).includes(testClient.secret) && !(stdout + stderr).includes("rt.first"), stdout);
  }
});

test("config show masks the secrets, and its output loads again", async () => {
  await using lab = await setUp();

  const shown = await lab.run("config", "show");
  writeFileSync(path.join(lab.folder, "shown.yaml"), shown.stdout);
  const checked = await lab.run("config", "check", "--config", "shown.yaml");

  assert.ok(!shown.stdout.includes(testClient.secret) && !shown.stdout.includes("rt.first"), shown.stdout);
  assert.match(shown.stdout, /client_secret: "\*{8}"\n {4}refresh_token: "\*{8}"/);
  assert.equal(checked.status, 0, checked.stderr + checked.stdout);
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { silentLog } from "../../src/core/log.ts";
import { AccessTokens } from "../../src/notify/channels/mail/smtp/oauth2/access-tokens.ts";
import { SmtpChannel } from "../../src/notify/channels/mail/smtp/smtp-channel.ts";
import { DeliveryLoop } from "../../src/notify/outbox/delivery-loop.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { MailServer } from "../harness/smtp-server.ts";
import { TokenEndpoint, testClient } from "../harness/token-endpoint.ts";
import { ManualClock, passTime } from "./manual-clock.ts";
import { queueReport, TemporaryDatabase } from "./temporary-store.ts";
import { WatchedOutbox } from "./watched-outbox.ts";

const user = "alerts@example.org";
const recipients = ["security@example.org", "admin@example.org"];

for (const [name, breakDown, mend] of [
  ["is down", (endpoint: TokenEndpoint) => endpoint.stop(), (endpoint: TokenEndpoint) => endpoint.start()],
  [
    "refuses the application",
    async (endpoint: TokenEndpoint) => {
      endpoint.fault = { kind: "reply", status: 401, text: '{"error":"invalid_client"}' };
    },
    async (endpoint: TokenEndpoint) => {
      endpoint.fault = undefined;
    },
  ],
] as const) {
  test(`while the token endpoint ${name}, mail waits; afterwards each recipient gets it once`, async () => {
    using database = new TemporaryDatabase();
    await using store = await database.open();
    await using endpoint = await TokenEndpoint.start();
    await using server = await MailServer.start({
      tls: "starttls",
      tokenLogin: { user, accepts: (token) => endpoint.isValid(token) },
    });
    await breakDown(endpoint);
    const clock = new ManualClock();
    const outbox = new WatchedOutbox(store.deliveries);
    const tokens = new AccessTokens({
      settings: { tokenUrl: endpoint.url, clientId: testClient.id, clientSecret: testClient.secret },
      storeFile: "",
      clock,
    });
    const login = { user, tokens };
    const mail = new SmtpChannel({
      host: "localhost",
      port: server.port,
      tls: "starttls",
      verify: false,
      from: user,
      login,
    });
    const loop = new DeliveryLoop({ outbox, channels: { mail }, clock, random: { next: () => 0.5 }, log: silentLog });
    const ids: number[] = [];
    for (const recipient of recipients) ids.push(await queueReport(store, recipient, clock.now()));

    loop.start();
    await passTime(clock, outbox, () => ids.every((id) => outbox.outcomes(id).length >= 5));
    const waiting = await store.deliveries.get(ids[0] ?? 0);
    await mend(endpoint);
    await passTime(clock, outbox, () => ids.every((id) => outbox.outcomes(id).at(-1) === "delivered"));
    await loop.stop();

    assert.equal(waiting?.state, "queued");
    assert.match(waiting?.lastError ?? "", /access token/);
    assert.deepEqual(server.accepted.map(({ to }) => to[0]).sort(), [...recipients].sort());
    assert.equal(endpoint.issued.length, 1);
  });
}

test("a process that is killed repeatedly continues with the latest refresh token", async (t) => {
  using folder = temporaryFolder();
  await using endpoint = await TokenEndpoint.start({ refreshToken: "rt.first", rotates: true });
  await using server = await MailServer.start({
    tls: "starttls",
    tokenLogin: { user, accepts: (token) => endpoint.isValid(token) },
  });
  const program = fileURLToPath(new URL("./send-with-token.ts", import.meta.url));
  const storeFile = path.join(folder.path, "token.json");
  const send = (mode: string) =>
    spawn(process.execPath, [program, String(server.port), endpoint.url, storeFile, mode], {
      stdio: ["ignore", "ignore", "inherit"],
    });

  for (let kill = 0; kill < 4; kill += 1) {
    const before = server.accepted.length;
    const child = send("forever");
    // The new refresh token is written before its access token is used.
    await server.until(() => server.accepted.length > before);
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  const [exitCode] = await once(send("once"), "exit");

  t.diagnostic(`${server.accepted.length} mails, ${endpoint.issued.length} tokens`);
  assert.equal(exitCode, 0);
  assert.ok(readFileSync(storeFile, "utf8").includes(endpoint.refreshToken ?? "none"));
  assert.equal(statSync(storeFile).mode & 0o777, 0o600);
});

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { MailServer } from "../harness/smtp-server.ts";

test("findings that a recipient's server refused are in the next report that is due, and cause none themselves", async () => {
  using folder = temporaryFolder();
  await using server = await MailServer.start();
  const recipient = "security@example.org";
  const run = async (...hosts: readonly string[]) => {
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `email: { smtp_server: 127.0.0.1, smtp_port: ${server.port}, tls: none, from_address: harbinger@example.org }
watches:
  lan: { command: "printf '%s\\n' ${hosts.join(" ")}", ports: 22, email: ${recipient}, report_on: changes }
`,
    );
    await harbinger(["--mode", "cron"], { directory: folder.path });
  };
  const deliveries = async () => {
    const { stdout } = await harbinger(["deliveries", "--json"], { directory: folder.path });
    const lines = stdout.trim().split("\n");
    const listed = lines.map((line) => JSON.parse(line) as { readonly channel: string; readonly state: string });
    return listed.filter(({ channel }) => channel === "mail").map(({ state }) => state);
  };

  server.fault = { stage: "recipient", recipient, kind: "reply", code: 550, text: "no such user" };
  await run("10.0.0.1");
  const sessions = server.sessions;
  assert.ok(sessions > 0);
  assert.deepEqual(await deliveries(), ["dead"]);

  await run("10.0.0.1");
  await run("10.0.0.1");
  assert.equal(server.sessions, sessions, "nothing changed, so nothing is sent");
  assert.deepEqual(await deliveries(), ["dead"]);

  await run("10.0.0.1", "10.0.0.2");
  assert.deepEqual(await deliveries(), ["dead", "superseded"]);

  server.fault = undefined;
  await run("10.0.0.1", "10.0.0.2", "10.0.0.3");
  assert.deepEqual(await deliveries(), ["delivered", "superseded", "superseded"]);
  const [report] = server.accepted;
  assert.equal(server.accepted.length, 1);
  for (const host of ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
    assert.match(report?.mail.text ?? "", new RegExp(`${host}\\b`));

  await run("10.0.0.1", "10.0.0.2", "10.0.0.3");
  assert.equal(server.accepted.length, 1);
});

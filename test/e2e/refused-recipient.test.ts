import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { openStore } from "../../src/store/open-store.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { MailServer } from "../harness/smtp-server.ts";

test("a report that a server refuses for now is complete in each next run, and given up although each run replaces it", async () => {
  using folder = temporaryFolder();
  await using server = await MailServer.start();
  const recipient = "security@example.org";
  const run = async (...hosts: readonly string[]) => {
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `email: { smtp_server: 127.0.0.1, smtp_port: ${server.port}, tls: none, from_address: harbinger@example.org }
notify: { give_up_after: 1s }
watches:
  lan: { command: "printf '%s\\n' ${hosts.join(" ")}", ports: 22, devices: false, email: ${recipient}, report_on: changes }
`,
    );
    await harbinger(["--mode", "cron"], { directory: folder.path });
  };
  const mails = async () => {
    await using store = await openStore({ location: path.join(folder.path, "harbinger.db"), thread: "caller" });
    return (await store.deliveries.list({ limit: 99 })).rows.filter(({ channel }) => channel === "mail");
  };
  server.fault = { stage: "recipient", recipient, kind: "reply", code: 450, text: "greylisted" };
  const hosts = ["10.0.0.1"];
  for (let tries = 1; tries <= 9; tries++) {
    if (tries === 5) hosts.push("10.0.0.2");
    await run(...hosts);
    const [last] = await mails();
    assert.deepEqual([last?.state, last?.attempts], ["queued", tries]);
  }
  await run(...hosts);
  assert.equal((await mails())[0]?.state, "dead");
  const sessions = server.sessions;
  await run(...hosts);
  assert.equal(server.sessions, sessions, "it was given up, and nothing is new");
  server.fault = undefined;
  await harbinger(["deliveries", "retry", "--all"], { directory: folder.path });
  await run(...hosts);
  const [report] = server.accepted;
  assert.equal(server.accepted.length, 1);
  for (const host of hosts) assert.match(report?.mail.text ?? "", new RegExp(`${host.replaceAll(".", "\\.")}\\b`));
});

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

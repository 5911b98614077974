import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { MailServer } from "../harness/smtp-server.ts";
import { queueReport, TemporaryDatabase } from "./temporary-store.ts";

const deliveries = 40;
const kills = 5;
const atOnce = 4;

test("a process that is killed repeatedly while it delivers loses nothing, and repeats only the delivery in progress", async (t) => {
  using database = new TemporaryDatabase();
  await using server = await MailServer.start();
  const recipients = Array.from({ length: deliveries }, (_, number) => `user${number}@example.org`);
  {
    await using store = await database.open();
    for (const recipient of recipients) await queueReport(store, recipient, Date.now());
  }
  const deliver = (mode = "start") =>
    spawn(
      process.execPath,
      [
        fileURLToPath(new URL("./deliver-until-killed.ts", import.meta.url)),
        database.location,
        String(server.port),
        mode,
      ],
      { stdio: ["ignore", "ignore", "inherit"] },
    );

  for (let kill = 0; kill < kills; kill += 1) {
    const before = server.received.length;
    const child = deliver();
    // After a few messages, at a random moment.
    await server.until(() => server.received.length > before + kill);
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  const [exitCode] = await once(deliver("drain"), "exit");

  assert.equal(exitCode, 0);
  await using store = await database.open();
  assert.equal((await store.deliveries.list({ states: ["delivered"], limit: 100 })).rows.length, deliveries);
  const copies = new Map<string, number>();
  for (const { to, mail } of server.received) {
    copies.set(to[0] ?? "", (copies.get(to[0] ?? "") ?? 0) + 1);
    assert.equal(mail.messageId, `<report.${to[0]}>`);
  }
  assert.deepEqual([...copies.keys()].sort(), [...recipients].sort());
  // Everything except deliveries in progress at a kill arrives once.
  const repeated = server.received.length - deliveries;
  t.diagnostic(`${kills} kills, ${deliveries} messages, ${repeated} repeated`);
  assert.ok(repeated <= kills * atOnce, `${repeated} repeated`);
  for (const [recipient, count] of copies) assert.ok(count <= kills, `${recipient}: ${count}`);
});

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { variableNames } from "../../src/compat/portwatcher/variables.ts";
import { startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { launcherOf } from "../harness/launchers.ts";
import { connectTo, freePorts } from "../harness/reloading.ts";
import { MailServer } from "../harness/smtp-server.ts";

const skip = process.platform === "win32" && "Windows has no SIGHUP";

test("portwatcher handles SIGHUP, and sends waiting messages with the current password of a file", {
  skip,
}, async () => {
  using folder = temporaryFolder();
  await using mail = await MailServer.start({ login: { user: "ann", password: "right-one" } });
  const [port = 0] = await freePorts(1);
  const secret = path.join(folder.path, "password");
  const variables = path.join(folder.path, "variables");
  writeFileSync(secret, "wrong-one");
  writeFileSync(variables, `PW_PORT=${port}\n`);
  const running = startHarbinger(["--env-file", variables], {
    directory: folder.path,
    launcher: launcherOf("portwatcher"),
    environment: {
      ...Object.fromEntries(variableNames.map((name) => [name, undefined])),
      PW_HOST: "127.0.0.1",
      PW_RDNS_ENABLE: "0",
      PW_NOTIFY_IGNORE_LOOPBACK: "0",
      PW_SMTP_SERVER: "127.0.0.1",
      PW_SMTP_PORT: String(mail.port),
      PW_SMTP_STARTTLS: "0",
      PW_SMTP_USER: "ann",
      PW_SMTP_PASS_FILE: secret,
      PW_MAIL_TO: "ann@example.org",
    },
  });
  try {
    await running.waitForOutput("listening");
    await connectTo(port);
    await running.waitForOutput(/not delivered yet|gave up/);
    writeFileSync(secret, "right-one");
    running.process.kill("SIGHUP");
    await mail.until(({ accepted }) => accepted.length === 1);
    writeFileSync(variables, `PW_PORT=${port + 1}\n`);
    running.process.kill("SIGHUP");
    await running.waitForOutput("some changed settings need a restart");
    writeFileSync(secret, "");
    running.process.kill("SIGHUP");
    const text = await running.waitForOutput("the current ones remain active");
    assert.doesNotMatch(text, /right-one|wrong-one/);
    assert.equal((await connectTo(port)).error, undefined);
    running.process.kill("SIGTERM");
    assert.equal((await running.ended).status, 0);
    assert.equal(mail.accepted.length, 1);
  } finally {
    running.process.kill("SIGKILL");
  }
});

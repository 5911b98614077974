import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { simpleParser } from "mailparser";
import { SmtpChannel } from "../../src/notify/channels/mail/smtp/smtp-channel.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { freePort } from "../harness/free-port.ts";
import { contractMessage, never } from "./channel-contract.ts";

const nobody = 65534;
const smtpd = findProgram("smtpd", `${process.env["PATH"] ?? ""}:/usr/sbin`);
const skip =
  smtpd === undefined || process.getuid?.() !== 0
    ? "needs OpenSMTPD and the superuser"
    : existsSync("/var/run/smtpd.sock") && "an OpenSMTPD of this machine runs already";

test("OpenSMTPD accepts a mail and stores it in a mailbox unchanged", { skip }, async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-opensmtpd-"));
  chmodSync(folder, 0o755);
  const mailbox = path.join(folder, "mailbox");
  const arrivals = path.join(mailbox, "new");
  for (const name of [mailbox, arrivals, path.join(mailbox, "tmp"), path.join(mailbox, "cur")]) {
    mkdirSync(name);
    chownSync(name, nobody, nobody);
  }
  const port = await freePort();
  const file = path.join(folder, "smtpd.conf");
  writeFileSync(
    file,
    `table catchall { "@" = nobody }
listen on 127.0.0.1 port ${port}
action "keep" maildir "${mailbox}" virtual <catchall>
match from any for any action "keep"
`,
  );
  const server = spawn(smtpd ?? "", ["-d", "-f", file], { stdio: "ignore" });
  const watcher = watch(arrivals);
  try {
    await untilListening(port);
    const channel = new SmtpChannel({ host: "127.0.0.1", port, tls: "none", from: "harbinger@example.org" });

    const outcome = await channel.send(contractMessage, "security@example.org", never());

    assert.equal(outcome.kind, "delivered");
    while (readdirSync(arrivals).length === 0) await once(watcher, "change");
    const [name = ""] = readdirSync(arrivals);
    const mail = await simpleParser(readFileSync(path.join(arrivals, name)));
    assert.equal(mail.subject, contractMessage.subject);
    assert.equal(mail.messageId, contractMessage.messageId);
    assert.equal(mail.text, contractMessage.text);
  } finally {
    watcher.close();
    server.kill();
    await once(server, "exit");
    rmSync(folder, { recursive: true, force: true });
  }
});

/** It does not report when it is ready. */
async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = net.connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return;
    } catch {
      await delay(50);
    } finally {
      socket.destroy();
    }
  }
  throw new Error("OpenSMTPD does not listen");
}

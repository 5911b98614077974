/**
 * Whatever `config check` accepts works: each value that a configuration may have is passed here to the function that uses
 * it later. Values are ordinary and hostile ones, mixed.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { Cron } from "croner";
import fc from "fast-check";
import { stringify } from "yaml";
import type { Config } from "../../src/config/config.ts";
import { loadText } from "../../src/config/load.ts";
import { isMailAddress } from "../../src/core/recipients.ts";
import { wallClock } from "../../src/core/wall-clock.ts";
import { FileChannel } from "../../src/notify/channels/file/file-channel.ts";
import { isLocalRecipient } from "../../src/notify/channels/mail/local/local-mail-channel.ts";
import { mailSource } from "../../src/notify/channels/mail/smtp/mail-source.ts";
import { SmtpChannel } from "../../src/notify/channels/mail/smtp/smtp-channel.ts";
import { webhookOf, webhookSchema } from "../../src/notify/channels/webhook/channel.ts";
import { WebhookChannel } from "../../src/notify/channels/webhook/webhook-channel.ts";
import { reportFileName } from "../../src/outbound/report/file-name.ts";
import { localTime } from "../../src/present/text/local-time.ts";
import { HttpServer } from "../harness/http-server.ts";
import { ScriptedMailServer } from "../harness/scripted-mail-server.ts";
import { contractMessage, never } from "../notify/channel-contract.ts";
import { mailSettings } from "./mail-settings.ts";

/** The result of `config check`: the configuration, or `undefined` if it is rejected. */
function checked(file: object): Config | undefined {
  const outcome = loadText(stringify(file), "harbinger.yaml", {
    file: undefined,
    explicit: true,
    environment: {},
    interfaces: {},
  });
  return outcome.kind === "config" ? outcome.config : undefined;
}

const watch = { targets: "127.0.0.1", ports: 22 };

const hostile = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 220 }),
  fc.constantFrom(
    "--- Servers ---",
    "-rf",
    "-DMZ-",
    "27/12",
    "..",
    "../../x",
    ".",
    "...",
    "aux",
    "aux.txt",
    "CON",
    "con.",
    "COM1.log",
    "trailing ",
    "trailing.",
    " ",
    "a:b",
    "C:\\x",
    "🖥️ Küche 日本",
    "👩‍👩‍👧",
    "\u2800",
    "e\u0301\u034f",
    "x".repeat(200),
    "ü".repeat(200),
    "🖥️".repeat(60),
    "\u202egnp.exe",
    "%00",
    "$(id)",
    "~",
    "NUL .txt",
  ),
);

test("every accepted label has a report file, even if another label differs only in case", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "accepted-labels-"));
  try {
    const channel = new FileChannel({ directory: folder });
    let written = 0;
    await fc.assert(
      fc.asyncProperty(hostile, async (label) => {
        const config = checked({ watches: { w: { ...watch, label } } });
        const kept = config?.watches[0]?.label;
        if (kept === undefined) return;
        written += 1;
        const fileName = reportFileName(kept, Date.UTC(2026, 0, written % 28), localTime("UTC"));
        const text = `${written}`;
        const outcome = await channel.send({ ...contractMessage, fileName, text }, "", never());
        assert.equal(outcome.kind, "delivered", JSON.stringify([label, outcome]));
        assert.ok(outcome.kind === "delivered" && path.dirname(outcome.detail ?? "") === folder);
      }),
      { numRuns: 300 },
    );
    assert.ok(written > 100, String(written));
    assert.ok(readdirSync(folder).length >= written, "text and JSON of each");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const local = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9._+%|!/'#$&*=?^`{}~-]{1,20}$/),
  fc.constantFrom(
    "root",
    "müller",
    "jörg",
    "a..b",
    ".a",
    "-f",
    "|sh",
    "/etc/x",
    "o'brien",
    "用户",
    "a(b)",
    "a:b",
    "[x]",
  ),
);
const domain = fc.oneof(
  fc.domain(),
  fc.constantFrom("localhost", "bücher.example", "日本.example", "a_b.example", "[192.0.2.1]", "[IPv6:2001:db8::1]"),
  fc.constantFrom("x.example.", "x..example", "-", "xn--", "[", "a:25", "\u200bx.example", "x\u00a0.example", "[::1]"),
);
const address = fc.oneof(
  fc.tuple(local, domain).map(([user, host]) => `${user}@${host}`),
  local,
  fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
  fc.constantFrom("mailto:a@b.example", "a@b.example, c@d.example", "<a@b.example>", "a@", "@b", "a@b@c", "a b@c"),
);
const mailbox = fc.oneof(
  address,
  fc.tuple(hostile, address).map(([name, inner]) => `${name} <${inner}>`),
  fc.tuple(hostile, address).map(([name, inner]) => `"${name}" <${inner}>`),
  hostile,
);
const server = { smtp_server: "mail.example", tls: "none" };

function senderOf(config: Config | undefined): string | undefined {
  return config && mailSettings(config, "host_1.example.")?.fromAddress;
}

test("every accepted sender and recipient is in the mail and its envelope", async () => {
  let composed = 0;
  await fc.assert(
    fc.asyncProperty(mailbox, mailbox, async (from, to) => {
      const sender = senderOf(checked({ email: { ...server, from_address: from }, watches: { w: watch } }));
      const config = checked({ email: server, watches: { w: { ...watch, email: [to] } } });
      const recipients = config?.watches[0]?.recipients ?? [];
      for (const recipient of recipients) assert.ok(isMailAddress(recipient), JSON.stringify([to, recipient]));
      const mail = await mailSource(
        contractMessage,
        sender ?? senderOf(config) ?? "h@e.example",
        recipients[0] ?? "a@b",
      );
      composed += 1;
      assert.notEqual(mail.from, "");
      assert.notEqual(mail.to, "");
      for (const part of [mail.from, mail.to]) assert.doesNotMatch(part, /[\s\p{Cc}<>,]/u);
      assert.match(mail.content.toString("latin1"), /^From:(?: |\r\n )\S/m);
    }),
    { numRuns: 400 },
  );
  assert.equal(composed, 400);
});

test("a mail server gets one command for each accepted sender and recipient", async () => {
  await using mailServer = await ScriptedMailServer.start({ extensions: ["SMTPUTF8", "8BITMIME"] });
  const senders = [
    "root",
    "Portwatcher <root>",
    "Harbinger Alerts",
    '"Doe, Ann" <a@bücher.example>',
    "müller@x.example",
  ];
  for (const from of senders) {
    const sender = senderOf(checked({ email: { ...server, from_address: from }, watches: { w: watch } }));
    const channel = new SmtpChannel({
      host: "127.0.0.1",
      port: mailServer.port,
      tls: "none",
      from: sender ?? "",
    });
    for (const to of ["root", "jörg@bücher.example", "ops@[192.0.2.1]", "o'brien+x@a_b.example"]) {
      mailServer.lines.length = 0;
      const outcome = await channel.send(contractMessage, to, never());
      assert.equal(outcome.kind, "delivered", JSON.stringify([from, to, outcome]));
      assert.match(mailServer.lines.find((line) => line.startsWith("MAIL")) ?? "", /^MAIL FROM:<[^<>\s]+>/);
      assert.match(mailServer.lines.find((line) => line.startsWith("RCPT")) ?? "", /^RCPT TO:<[^<>\s]+>/);
    }
  }
});

test("every accepted recipient can be passed to a mail command", () => {
  fc.assert(
    fc.property(address, (to) => {
      const config = checked({ email: { use_local_mail: true }, watches: { w: { ...watch, email: [to] } } });
      for (const recipient of config?.watches[0]?.recipients ?? []) {
        assert.ok(isLocalRecipient(recipient), JSON.stringify([to, recipient]));
      }
    }),
    { numRuns: 400 },
  );
});

test("every accepted webhook URL can be requested", async () => {
  await using http = await HttpServer.start();
  const host = fc.oneof(
    fc.constantFrom(
      `127.0.0.1:${http.port}`,
      `localhost:${http.port}`,
      "",
      "[::1",
      "user:pw@127.0.0.1",
      "bücher.invalid",
    ),
    fc.domain().map((name) => `${name}:${http.port}`),
  );
  const url = fc.oneof(
    fc
      .tuple(fc.constantFrom("http://", "HTTP://", "unix:", "ftp://", "//"), host, fc.webPath())
      .map((parts) => parts.join("")),
    fc.string({ maxLength: 30 }),
  );
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(url, async (given) => {
      const config = checked({ notify: { webhooks: { hook: { url: given, timeout: "1s" } } }, watches: { w: watch } });
      const found = config?.channels.find(({ name }) => name !== "mail" && name !== "file");
      if (found === undefined) return;
      asked += 1;
      const channel = new WebhookChannel({
        webhook: webhookOf(webhookSchema.parse(found.section)),
        name: "hook",
        clock: { now: () => 0 },
        // Every name leads to this machine.
        lookup: (_name, options, done) =>
          options.all === true ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4),
      });
      const outcome = await channel.send(contractMessage, "hook", never());
      const isOurs = new URL(given).port === String(http.port);
      if (isOurs) assert.equal(outcome.kind, "delivered", JSON.stringify([given, outcome]));
    }),
    { numRuns: 150 },
  );
  assert.ok(asked > 5, String(asked));
});

test("every accepted schedule has a next run, and every accepted time zone can be formatted", () => {
  const field = fc.oneof(
    fc.constantFrom("*", "*/5", "0", "31", "L", "MON-FRI", "1,2", "59", "60", "2#3", "FEB", "30"),
    fc.nat(70).map(String),
  );
  const expression = fc.oneof(
    fc.array(field, { minLength: 4, maxLength: 7 }).map((fields) => fields.join(" ")),
    fc.constantFrom("@daily", "@reboot", "0 0 30 2 *", "0 0 31 4,6,9,11 *", "* * * * * *", "30m", ""),
  );
  let accepted = 0;
  fc.assert(
    fc.property(expression, (schedule) => {
      const config = checked({ watches: { w: { ...watch, schedule } } });
      if (config === undefined) return;
      accepted += 1;
      assert.notEqual(new Cron(schedule, { paused: true, timezone: "Europe/Berlin" }).nextRun(), null, schedule);
    }),
    { numRuns: 300 },
  );
  assert.ok(accepted > 20, String(accepted));
  const zone = fc.oneof(
    fc.constantFrom("Europe/Berlin", "UTC", "europe/berlin", "+02:00", "CET-1CEST", "Mars/Base", "GMT+1", "Etc/GMT+1"),
    fc.string({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(zone, (name) => {
      const config = checked({ alerts: { time_zone: name }, watches: { w: watch } });
      if (config !== undefined) assert.match(wallClock(config.alerts.text.timeZone)(0).year, /^19(?:69|70)$/);
    }),
    { numRuns: 200 },
  );
});

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { contractMessage, never } from "../../../../../test/notify/channel-contract.ts";
import { RecordingMail } from "../../../../../test/notify/recording-mail.ts";
import { mailSubject } from "../mail-subject.ts";
import { commandWords } from "./command-words.ts";
import { invocation, isLocalRecipient, LocalMailChannel } from "./local-mail-channel.ts";

const recipient = "root@localhost";
const skip = process.platform === "win32" ? "the mail command of these tests is a shell script" : false;

describe("mail by a local command", { skip }, () => {
  test("has subject and recipient as arguments of the command", async () => {
    using mail = new RecordingMail();

    await new LocalMailChannel({ command: mail.command }).send(contractMessage, recipient, never());

    assert.deepEqual(mail.args, ["-s", contractMessage.subject, recipient]);
  });

  test("may use a shell command line", async () => {
    using mail = new RecordingMail();

    await new LocalMailChannel({ command: `WHO=me; '${mail.command}' -r "$WHO@example.org"` }).send(
      contractMessage,
      recipient,
      never(),
    );

    assert.deepEqual(mail.args.slice(0, 2), ["-r", "me@example.org"]);
  });

  test("never passes a subject to a shell", async () => {
    using mail = new RecordingMail();
    const channel = new LocalMailChannel({ command: mail.command });
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom("$(touch owned)", "`id`", '"; id; "', "'; id; '", "\n", "$HOME", "\\", "-r", "*", "!"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
        rmSync(`${mail.command}.args`, { force: true });
        const subject = pieces.join("");
        const outcome = await channel.send({ ...contractMessage, subject }, recipient, never());
        assert.equal(outcome.kind, "delivered");
        assert.deepEqual(mail.args, ["-s", mailSubject(subject), recipient]);
      }),
      { numRuns: 25 },
    );
  });

  test("has a space before lines that a mail command could execute", async () => {
    using mail = new RecordingMail();
    const text = "~!id\n.\n..\n a ~\n~~\n";

    await new LocalMailChannel({ command: mail.command }).send({ ...contractMessage, text }, recipient, never());

    assert.deepEqual(mail.texts, [" ~!id\n .\n..\n a ~\n ~~\n"]);
  });

  test("is retried if the command fails, with its output", async () => {
    using mail = new RecordingMail();
    mail.become("echo 'queue is full' >&2; exit 75");

    const outcome = await new LocalMailChannel({ command: mail.command }).send(contractMessage, recipient, never());

    assert.deepEqual(outcome, { kind: "retry", reason: "the mail command ended with status 75: queue is full" });
  });

  test("is retried if the command is missing, and the reason names what to install", async () => {
    const outcome = await new LocalMailChannel({ command: "/nowhere/mail" }).send(contractMessage, recipient, never());

    assert.ok(outcome.kind === "retry");
    assert.match(outcome.reason, /no such mail command: \/nowhere\/mail \(.*not found\); install one/);
    assert.notEqual(outcome.uncertain, true);
  });

  test("is uncertain if the command does not end, which is then killed", async () => {
    using mail = new RecordingMail();
    mail.become("exec sleep 60");

    const outcome = await new LocalMailChannel({ command: mail.command, timeoutMs: 100 }).send(
      contractMessage,
      recipient,
      never(),
    );

    assert.ok(outcome.kind === "retry");
    assert.equal(outcome.uncertain, true);
    assert.match(outcome.reason, /did not end within 0\.1 s/);
  });

  test("does not start the command for a recipient that it would misread", async () => {
    using mail = new RecordingMail();
    for (const wrong of ["-oQ/tmp", "|id", "/etc/passwd", "dir/file", "+folder", "a b", "a,b", "host!user", ""]) {
      const outcome = await new LocalMailChannel({ command: mail.command }).send(contractMessage, wrong, never());
      assert.equal(outcome.kind, "rejected", wrong);
    }
    assert.deepEqual(mail.args, []);
  });
});

test("accepts people's addresses and local users", () => {
  for (const name of ["root", "security@example.org", "o'brien+net@example.org", "jörg@example.org"]) {
    assert.ok(isLocalRecipient(name), name);
  }
});

test("starts no shell on Windows", () => {
  assert.deepEqual(invocation('"C:\\Program Files\\mail.exe" -v', 'a" & calc', "root", "win32"), {
    program: "C:\\Program Files\\mail.exe",
    args: ["-v", "-s", 'a" & calc', "root"],
  });
});

test("splitting a command line never throws, and no word has a quote or, outside quotes, a blank", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (line) => {
      const words = commandWords(line);
      assert.ok(words.length <= line.length);
      for (const word of words) assert.ok(!word.includes('"'));
    }),
  );
});

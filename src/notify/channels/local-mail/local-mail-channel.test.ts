import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { channelContract, contractMessage, never } from "../../../../test/notify/channel-contract.ts";
import { mailSubject } from "../../mail-subject.ts";
import { commandWords } from "./command-words.ts";
import { invocation, isLocalRecipient, LocalMailChannel } from "./local-mail-channel.ts";

const recipient = "root@localhost";
const skip = process.platform === "win32" ? "the mail command of these tests is a shell script" : false;

/** A `mail` that writes down what it was given: arguments, each ended by a NUL, and standard input. */
class RecordingMail implements Disposable {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-mail-"));
  readonly command = path.join(this.folder, "mail");

  constructor() {
    this.become(`printf '%s\\0' "$@" >>"$0.args"; cat >>"$0.text"; printf '\\0' >>"$0.text"`);
  }

  become(script: string): void {
    writeFileSync(this.command, `#!/bin/sh\n${script}\n`);
    chmodSync(this.command, 0o755);
  }

  get args(): readonly string[] {
    return this.#records("args");
  }

  get texts(): readonly string[] {
    return this.#records("text");
  }

  #records(name: string): readonly string[] {
    const file = `${this.command}.${name}`;
    return existsSync(file) ? readFileSync(file, "utf8").split("\0").slice(0, -1) : [];
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe("mail by a local command", { skip }, () => {
  channelContract("mail by a local command", async () => {
    const mail = new RecordingMail();
    const recording = readFileSync(mail.command, "utf8").replace("#!/bin/sh\n", "");
    return {
      channel: new LocalMailChannel({ command: mail.command }),
      recipient,
      secret: undefined,
      received: async () => mail.texts,
      async breakDown() {
        mail.become("echo 'cannot\u001b[31m queue' >&2; exit 75");
      },
      async mend() {
        mail.become(recording);
      },
      hang: {
        async start() {
          mail.become(': >"$0.reached"; exec sleep 60');
        },
        async reached() {
          const watcher = watch(mail.folder);
          try {
            while (!existsSync(`${mail.command}.reached`)) {
              await new Promise<void>((resolve) => watcher.once("change", () => resolve()));
            }
          } finally {
            watcher.close();
          }
        },
      },
      async [Symbol.asyncDispose]() {
        mail[Symbol.dispose]();
      },
    };
  });

  test("subject and recipient are arguments of the command", async () => {
    using mail = new RecordingMail();

    await new LocalMailChannel({ command: mail.command }).send(contractMessage, recipient, never());

    assert.deepEqual(mail.args, ["-s", contractMessage.subject, recipient]);
  });

  test("the configured command may be a command line of the shell", async () => {
    using mail = new RecordingMail();

    await new LocalMailChannel({ command: `WHO=me; '${mail.command}' -r "$WHO@example.org"` }).send(
      contractMessage,
      recipient,
      never(),
    );

    assert.deepEqual(mail.args.slice(0, 2), ["-r", "me@example.org"]);
  });

  test("no subject is read by a shell", async () => {
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

  test("lines that a mail command could obey are moved by a space", async () => {
    using mail = new RecordingMail();
    const text = "~!id\n.\n..\n a ~\n~~\n";

    await new LocalMailChannel({ command: mail.command }).send({ ...contractMessage, text }, recipient, never());

    assert.deepEqual(mail.texts, [" ~!id\n .\n..\n a ~\n ~~\n"]);
  });

  test("a command that fails is tried again, with what it said", async () => {
    using mail = new RecordingMail();
    mail.become("echo 'queue is full' >&2; exit 75");

    const outcome = await new LocalMailChannel({ command: mail.command }).send(contractMessage, recipient, never());

    assert.deepEqual(outcome, { kind: "retry", reason: "the mail command ended with status 75: queue is full" });
  });

  test("a command that is missing is tried again, and the reason says what to install", async () => {
    const outcome = await new LocalMailChannel({ command: "/nowhere/mail" }).send(contractMessage, recipient, never());

    assert.ok(outcome.kind === "retry");
    assert.match(outcome.reason, /no such mail command: \/nowhere\/mail \(.*not found\); install one/);
    assert.notEqual(outcome.uncertain, true);
  });

  test("a command that does not end is ended, and what it did is uncertain", async () => {
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

  test("a recipient that a mail command takes for something else is refused, and nothing is started", async () => {
    using mail = new RecordingMail();
    for (const wrong of ["-oQ/tmp", "|id", "/etc/passwd", "dir/file", "+folder", "a b", "a,b", "host!user", ""]) {
      const outcome = await new LocalMailChannel({ command: mail.command }).send(contractMessage, wrong, never());
      assert.equal(outcome.kind, "rejected", wrong);
    }
    assert.deepEqual(mail.args, []);
  });
});

test("people's addresses and local users are recipients of a mail command", () => {
  for (const name of ["root", "security@example.org", "o'brien+net@example.org", "jörg@example.org"]) {
    assert.ok(isLocalRecipient(name), name);
  }
});

test("on Windows no shell is started at all", () => {
  assert.deepEqual(invocation('"C:\\Program Files\\mail.exe" -v', 'a" & calc', "root", "win32"), {
    program: "C:\\Program Files\\mail.exe",
    args: ["-v", "-s", 'a" & calc', "root"],
  });
});

test("splitting a command line is total, and no word has a quote or, outside quotes, a blank", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (line) => {
      const words = commandWords(line);
      assert.ok(words.length <= line.length);
      for (const word of words) assert.ok(!word.includes('"'));
    }),
  );
});

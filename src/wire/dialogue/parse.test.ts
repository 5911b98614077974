import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserNeverThrows } from "../../../test/wire/parser-properties.ts";
import { type DialogueKind, dialogueKinds, dialoguesOf, parse, readDialogue, serverNameOf } from "./parse.ts";
import { maxAnswers } from "./transcript.ts";

const base64 = (plain: string) => Buffer.from(plain, "latin1").toString("base64");

/** The bytes with the secrets hidden. */
function masked(kind: DialogueKind, sent: string): string {
  const bytes = Buffer.from(sent, "latin1");
  for (const { start, end } of readDialogue(kind, bytes).secrets) bytes.fill("*", start, end);
  return bytes.toString("latin1");
}

function passwords(kind: DialogueKind, sent: string): (string | undefined)[] {
  return readDialogue(kind, text(sent)).secrets.map((secret) => secret.text);
}

describe("a dialogue with a mail server", () => {
  test("name, sender, all recipients and commands are recorded, and the message is refused", () => {
    const { facts, answers, isOver } = readDialogue(
      "smtp",
      text(
        "EHLO client.example\r\nMAIL FROM:<a@example.org> SIZE=3\r\nRCPT TO:<b@example.org>\r\nrcpt to: <c@example.org>\r\nDATA\r\nQUIT\r\n",
      ),
      "mx.example.net",
    );
    equalFacts(facts, {
      command: "EHLO",
      name: "client.example",
      following: ["MAIL", "RCPT", "RCPT", "DATA", "QUIT"],
      from: "a@example.org",
      to: "b@example.org",
      recipients: ["b@example.org", "c@example.org"],
    });
    assert.match(answers[0] ?? "", /^250-mx\.example\.net\r\n(?:250-.*\r\n)*250 .*\r\n$/);
    equalFacts(
      answers.slice(1).map((answer) => answer.slice(0, 3)),
      ["250", "250", "250", "554", "221"],
    );
    assert.equal(isOver, true);
  });

  test("a login contains the user, with any mechanism, and its password is hidden", () => {
    const plain = base64("\0alice\0s3cret");
    for (const [sent, left] of [
      [`AUTH PLAIN ${plain}\r\n`, `AUTH PLAIN ${"*".repeat(plain.length)}\r\n`],
      [`AUTH PLAIN\r\n${plain}\r\n`, `AUTH PLAIN\r\n${"*".repeat(plain.length)}\r\n`],
      [
        `auth login\r\n${base64("alice")}\r\n${base64("s3cret")}\r\n`,
        `auth login\r\n${base64("alice")}\r\n********\r\n`,
      ],
      [`AUTH LOGIN ${base64("alice")}\r\n${base64("s3cret")}\r\n`, `AUTH LOGIN ${base64("alice")}\r\n********\r\n`],
    ] as const) {
      const { facts, answers } = readDialogue("smtp", text(sent));
      assert.equal(facts["user"], "alice", sent);
      assert.match(answers.at(-1) ?? "", /^535 /);
      equalFacts(passwords("smtp", sent), ["s3cret"], sent);
      assert.equal(masked("smtp", sent), left);
    }
    const digest = base64("alice 0123456789abcdef0123456789abcdef");
    const cram = readDialogue("smtp", text(`AUTH CRAM-MD5\r\n${digest}\r\n`));
    assert.equal(cram.facts["user"], "alice");
    equalFacts(cram.secrets, [{ start: 15, end: 15 + digest.length }]);
    const token = `AUTH XOAUTH2 ${base64("user=alice@example.org\u0001auth=Bearer ya29.x\u0001\u0001")}\r\n`;
    assert.equal(readDialogue("smtp", text(token)).facts["user"], "alice@example.org");
    equalFacts(passwords("smtp", token), ["ya29.x"]);
  });

  test("half a secret is hidden too", () => {
    assert.equal(masked("smtp", "AUTH PLAIN AGFsaW"), "AUTH PLAIN ******");
    assert.equal(
      masked("smtp", `AUTH LOGIN\r\n${base64("alice")}\r\nczNj`),
      `AUTH LOGIN\r\n${base64("alice")}\r\n****`,
    );
    assert.equal(masked("pop3", "USER a\r\nPASS s3c"), "USER a\r\nPASS ***");
    assert.equal(masked("imap", "a LOGIN alice s3c"), "a LOGIN alice ***");
    assert.equal(masked("imap", "a LOGIN {5}\r\nalice {6}\r\ns3"), "a LOGIN {5}\r\nalice {6}\r\n**");
    assert.equal(masked("telnet", "root\r\ns3"), "root\r\n**");
  });

  test("commands past the limit get a goodbye, and their passwords are hidden all the same", () => {
    const sent = "EHLO a\r\n".concat(`AUTH PLAIN ${base64("\0alice\0s3cret")}\r\n`.repeat(100));
    const { answers, isOver, secrets } = readDialogue("smtp", text(sent));
    assert.equal(answers.length, maxAnswers + 1);
    assert.match(answers.at(-1) ?? "", /^421 /);
    assert.equal(isOver, true);
    assert.equal(secrets.length, 100);
  });

  test("a client that keeps sending unknown commands is disconnected", () => {
    const { answers, isOver } = readDialogue("smtp", text(`EHLO a\r\n${"who are you\r\n".repeat(9)}`));
    assert.equal(isOver, true);
    assert.ok(answers.length < 8, `${answers.length}`);
  });

  test("another protocol is not a dialogue", () => {
    for (const line of ["GET / HTTP/1.1\r\n", "\u0016\u0003\u0001\0\n", "SSH-2.0-x\r\n"]) {
      for (const kind of ["smtp", "ftp", "pop3", "imap"] as const) {
        assert.equal(parse(kind, text(line)).kind, "mismatch", `${kind}: ${line}`);
      }
    }
  });
});

describe("a dialogue with a file server or a mailbox", () => {
  test("FTP: users, and passwords that may hold spaces", () => {
    const sent = "USER alice\r\nPASS a b\r\nUSER root\r\nPASS x\r\nQUIT\r\n";
    const { facts, answers } = readDialogue("ftp", text(sent));
    equalFacts(facts, {
      command: "USER",
      user: "alice",
      following: ["PASS", "USER", "PASS", "QUIT"],
      users: ["alice", "root"],
    });
    equalFacts(
      answers.map((answer) => answer.slice(0, 3)),
      ["331", "530", "331", "530", "221"],
    );
    equalFacts(passwords("ftp", sent), ["a b", "x"]);
    assert.equal(masked("ftp", sent), "USER alice\r\nPASS ***\r\nUSER root\r\nPASS *\r\nQUIT\r\n");
  });

  test("POP3: USER and PASS, APOP, AUTH", () => {
    equalFacts(readDialogue("pop3", text("CAPA\r\nUSER alice\r\nPASS s3cret\r\n")).facts, {
      command: "CAPA",
      following: ["USER", "PASS"],
      user: "alice",
    });
    assert.equal(masked("pop3", "USER alice\r\nPASS s3cret\r\n"), "USER alice\r\nPASS ******\r\n");
    assert.equal(readDialogue("pop3", text(`APOP bob ${"0".repeat(32)}\r\n`)).facts["user"], "bob");
    const auth = `AUTH PLAIN\r\n${base64("\0carol\0s3cret")}\r\n`;
    assert.equal(readDialogue("pop3", text(auth)).facts["user"], "carol");
    equalFacts(readDialogue("pop3", text("AUTH PLAIN\r\n")).answers, ["+ \r\n"]);
    equalFacts(passwords("pop3", auth), ["s3cret"]);
  });

  test("IMAP: atoms, quoted strings and literals", () => {
    for (const sent of [
      "a1 LOGIN alice s3cret\r\n",
      'a1 login "alice" "s3cret"\r\n',
      "a1 LOGIN {5}\r\nalice {6}\r\ns3cret\r\n",
      "a1 LOGIN {5+}\r\nalice {6+}\r\ns3cret\r\n",
      `a1 AUTHENTICATE PLAIN\r\n${base64("\0alice\0s3cret")}\r\n`,
      `a1 AUTHENTICATE PLAIN ${base64("\0alice\0s3cret")}\r\n`,
    ]) {
      const { facts, answers } = readDialogue("imap", text(sent));
      assert.equal(facts["user"], "alice", sent);
      assert.equal(answers.at(-1), "a1 NO [AUTHENTICATIONFAILED] Authentication failed.\r\n");
      equalFacts(passwords("imap", sent), ["s3cret"], sent);
      assert.ok(!masked("imap", sent).includes("s3cret"));
    }
    equalFacts(readDialogue("imap", text("a1 LOGIN {5}\r\n")).answers, ["+ OK\r\n"]);
    const id = readDialogue("imap", text('a ID ("name" "Thunderbird" "version" "128")\r\nb LOGOUT\r\n'));
    equalFacts(id.facts, { tag: "a", command: "ID", client: "Thunderbird 128", following: ["LOGOUT"] });
    assert.equal(id.isOver, true);
  });
});

describe("a dialogue with a server of news or of mail filters", () => {
  test("news: the user and the group are recorded, and the password is hidden", () => {
    const sent = "MODE READER\r\nGROUP comp.lang.c\r\nauthinfo user alice\r\nAUTHINFO PASS s3cret\r\nQUIT\r\n";
    const { facts, answers, isOver } = readDialogue("nntp", text(sent));
    equalFacts(facts, {
      command: "MODE READER",
      following: ["GROUP", "AUTHINFO USER", "AUTHINFO PASS", "QUIT"],
      group: "comp.lang.c",
      user: "alice",
    });
    equalFacts(
      answers.map((answer) => answer.slice(0, 3)),
      ["200", "480", "381", "481", "205"],
    );
    assert.equal(isOver, true);
    equalFacts(passwords("nntp", sent), ["s3cret"]);
    assert.equal(masked("nntp", "AUTHINFO PASS s3"), "AUTHINFO PASS **");
  });

  test("news: a login by SASL shows the user and is refused", () => {
    const sent = `AUTHINFO SASL PLAIN\r\n${base64("\0alice\0s3cret")}\r\n`;
    const { facts, answers } = readDialogue("nntp", text(sent));
    equalFacts([facts["user"], facts["mechanism"]], ["alice", "PLAIN"]);
    equalFacts(answers, ["383 =\r\n", "481 Authentication failed\r\n"]);
    equalFacts(passwords("nntp", sent), ["s3cret"]);
  });

  test("mail filters: the user is recorded from a quoted string, a literal or an answer", () => {
    const plain = base64("\0alice\0s3cret");
    for (const sent of [
      `AUTHENTICATE "PLAIN" "${plain}"\r\n`,
      `AUTHENTICATE "PLAIN" {${plain.length}+}\r\n${plain}\r\n`,
      `authenticate "plain"\r\n"${plain}"\r\n`,
    ]) {
      const { facts, answers } = readDialogue("sieve", text(sent));
      equalFacts(facts, { command: "AUTHENTICATE", mechanism: "PLAIN", user: "alice" }, sent);
      assert.equal(answers.at(-1), 'NO "Authentication failed."\r\n');
      equalFacts(passwords("sieve", sent), ["s3cret"], sent);
    }
    assert.equal(masked("sieve", 'AUTHENTICATE "PLAIN" "QUJ'), 'AUTHENTICATE "PLAIN" "***');
    assert.equal(readDialogue("sieve", text("LOGOUT\r\n")).isOver, true);
  });
});

describe("a dialogue with a Telnet server", () => {
  test("three logins are refused, and then it ends", () => {
    const sent = "root\r\nvizxv\r\nadmin\r\0admin\r\0user\nx\n";
    const { facts, answers, isOver } = readDialogue("telnet", text(sent));
    equalFacts(facts, { user: "root", users: ["root", "admin", "user"] });
    equalFacts(passwords("telnet", sent), ["vizxv", "admin", "x"]);
    assert.equal(masked("telnet", sent), "root\r\n*****\r\nadmin\r\0*****\r\0user\n*\n");
    assert.match(answers[0] ?? "", /Password: $/);
    assert.match(answers[1] ?? "", /Login incorrect\r\nlogin: $/);
    assert.equal(answers.length, 6);
    assert.equal(isOver, true);
  });

  test("a line end that was converted twice or reversed is one", () => {
    for (const end of ["\r\r\n", "\n\r", "\r\n", "\r\0", "\n"]) {
      const sent = `root${end}vizxv${end}admin${end}x${end}`;
      const { facts, answers } = readDialogue("telnet", text(sent));
      equalFacts(facts, { user: "root", users: ["root", "admin"] }, JSON.stringify(end));
      assert.equal(answers.length, 4);
      assert.equal(masked("telnet", sent), `root${end}*****${end}admin${end}*${end}`);
    }
  });

  test("after an empty password no line is read as a name, because it may be the password", () => {
    const sent = "root\r\n\r\ns3cret\r\nadmin\r\ns3cret\r\n";
    const { facts, answers } = readDialogue("telnet", text(sent));
    equalFacts(facts, { user: "root" });
    assert.match(answers[1] ?? "", /Login incorrect\r\nlogin: $/);
    assert.equal(masked("telnet", sent), "root\r\n\r\n******\r\n*****\r\n******\r\n");
  });

  test("a password in the environment is hidden", () => {
    const sent = "\xff\xfa\x27\x00\x00USER\x01bob\x03DB_PASSWORD\x01s3cret\x00TERM\x01vt\xff\xf0";
    assert.equal(masked("telnet", sent), sent.replace("s3cret", "******"));
    assert.equal(masked("telnet", sent.slice(0, 31)), sent.slice(0, 26).concat("*****"));
  });

  test("options are refused, commands within a password are not part of it, and the terminal is read", () => {
    const sent =
      "\xff\xfb\x18\xff\xfd\x03\xff\xfb\x1f\xff\xfa\x18\x00xterm\xff\xf0ro\xff\xf1ot\r\ns3\xff\xfd\x01cr\xff\xffet\r\n";
    const { facts, answers } = readDialogue("telnet", text(sent));
    equalFacts(facts["user"], "root");
    assert.equal(facts["terminal"], "xterm");
    equalFacts(answers.slice(0, 3), ["\xff\xfa\x18\x01\xff\xf0", "\xff\xfc\x03", "\xff\xfe\x1f"]);
    assert.ok(masked("telnet", sent).endsWith("ot\r\n**\xff\xfd\x01**\xff***\r\n"));
  });

  test("the user that the environment names is read", () => {
    const sent = "\xff\xfb\x27\xff\xfa\x27\x00\x00USER\x01-f root\xff\xf0";
    assert.equal(readDialogue("telnet", text(sent)).facts["environmentUser"], "-f root");
  });
});

describe("a login within a dialogue", () => {
  test("hides what follows until a line that is certainly a command", () => {
    const sent = "EHLO a\r\nAUTH NTLM\r\nfirst\r\nsecond line\r\nNOOP\r\nthird\r\n";
    assert.equal(masked("smtp", sent), sent.replace("first", "*****").replace("second line", "***********"));
  });

  test("shows only valid mechanisms", () => {
    equalFacts(readDialogue("pop3", text("AUTH s3cret\r\n")).facts, { command: "AUTH" });
    assert.equal(masked("pop3", "AUTH s3cret\r\n"), "AUTH ******\r\n");
    equalFacts(readDialogue("ftp", text("AUTH TLS\r\n")).facts, { command: "AUTH", mechanism: "TLS" });
    assert.equal(masked("ftp", "AUTH TLS\r\n"), "AUTH TLS\r\n");
  });

  test("shows no user name with other content", () => {
    for (const [kind, sent] of [
      ["smtp", `AUTH LOGIN\r\n${base64("\0bob\0s3cret")}\r\n`],
      ["imap", 'a LOGIN "bob" s3cret\r\n'],
      ["imap", "a LOGIN bob\ts3cret\r\n"],
      ["pop3", "USER bob\rPASS s3cret\r\n"],
    ] as const) {
      assert.equal(readDialogue(kind, text(sent)).facts["user"], "bob", sent);
    }
    assert.equal(readDialogue("ftp", text("USER bob PASS s3cret\r\n")).facts["user"], "bob PASS");
    for (const name of ["a LOGIN {30}\r\nbob s3cret\r\nb NOOP\r\n", 'a LOGIN "bob s3cret\r\n']) {
      assert.equal(readDialogue("imap", text(name)).facts["user"], undefined, name);
    }
  });

  test("an empty name and an empty password are answered, and what follows is still hidden", () => {
    for (const sent of [
      `AUTH LOGIN\r\n${base64("bob")}\r\n\r\n${base64("s3cret")}\r\n`,
      `AUTH LOGIN\r\n\r\n${base64("bob")}\r\n${base64("s3cret")}\r\n`,
    ]) {
      equalFacts(
        readDialogue("smtp", text(sent)).answers.map((answer) => answer.slice(0, 3)),
        ["334", "334", "535", "502"],
      );
      assert.ok(!masked("smtp", sent).includes(base64("s3cret")));
    }
  });

  test("empty lines are not commands, and a CR within a line ends it", () => {
    const { facts, answers } = readDialogue("smtp", text("\r\n\r\nEHLO a\r\r\nNOOP\rRSET\r\n"));
    equalFacts(facts, { command: "EHLO", name: "a", following: ["NOOP", "RSET"] });
    assert.equal(answers.length, 3);
    assert.equal(readDialogue("smtp", text("EHLO a\r")).answers.length, 0);
  });
});

describe("every dialogue", () => {
  const part = fc.oneof(
    fc.constantFrom(
      "EHLO a\r\n",
      "AUTH PLAIN\r\n",
      "AUTH LOGIN YQ==\r\n",
      "AGEAYg==\r\n",
      "USER a\r\n",
      "PASS b c\r\n",
      "a LOGIN {1}\r\n",
      "a LOGIN {3+}\r\nx\r\n",
      'b LOGIN "a\\" b" c\r\n',
      "a AUTHENTICATE LOGIN\r\n",
      "\xff\xfb\x18",
      "\xff\xfa\x18\x00vt",
      "\xff\xf0",
      "root\r",
      "\r\r\n",
      "\n\r",
      "\n",
      "AUTHENTICATE x\r\n",
      "{9-}\r\n",
      "\0",
      " ",
      '"',
    ),
    fc.string({ unit: "binary", maxLength: 12 }).map((sent) => Buffer.from(sent).toString("latin1")),
  );
  const sent = fc.array(part, { maxLength: 40 }).map((parts) => text(parts.join("")));

  test("more bytes add answers, and change none", () => {
    fc.assert(
      fc.property(fc.constantFrom(...dialogueKinds), sent, fc.nat(), (kind, bytes, cut) => {
        const whole = readDialogue(kind, bytes);
        const before = readDialogue(kind, bytes.subarray(0, cut % (bytes.length + 1)));
        if (before.recognised !== "yes") return;
        assert.equal(whole.recognised, "yes");
        equalFacts(whole.answers.slice(0, before.answers.length), before.answers);
      }),
      { numRuns: 3000 },
    );
  });

  test("answers are few and short, secrets lie within the bytes, and facts are bounded", () => {
    fc.assert(
      fc.property(fc.constantFrom(...dialogueKinds), sent, (kind, bytes) => {
        const { answers, secrets, facts } = readDialogue(kind, bytes);
        assert.ok(answers.length <= maxAnswers + 33);
        for (const answer of answers) assert.ok(answer.length <= 256, answer);
        for (const { start, end } of secrets) assert.ok(0 <= start && start < end && end <= bytes.length);
        assert.ok(JSON.stringify(facts).length < 64_000);
      }),
      { numRuns: 2000 },
    );
  });

  test("long and hostile input takes linear time", () => {
    for (const kind of dialogueKinds) {
      for (const filler of [
        "a",
        " ",
        '"',
        "\\",
        "{9}\r\n",
        "{0}\r\n",
        "\r\n",
        "\xff\xfb\x18",
        "\xff",
        "PASS a\r\n",
        "\0",
      ]) {
        const begin = {
          smtp: "EHLO a\r\n",
          ftp: "USER a\r\n",
          pop3: "USER a\r\n",
          imap: "a LOGIN ",
          nntp: "AUTHINFO USER a\r\n",
          sieve: 'AUTHENTICATE "PLAIN" ',
          telnet: "root\r\n",
        }[kind];
        const bytes = text(begin + filler.repeat(65_536 / filler.length));
        const started = process.cpuUsage();
        assert.equal(readDialogue(kind, bytes).secrets.at(-1)?.end, bytes.length);
        const spent = process.cpuUsage(started);
        assert.ok(spent.user + spent.system < 1_000_000, `${kind} ${filler}: ${spent.user + spent.system} µs`);
      }
    }
  });
});

test("a banner shows which dialogue may follow it", () => {
  const kinds = (banner: string) => dialoguesOf(text(banner));
  equalFacts(kinds("220 mx.example ESMTP Postfix\r\n"), ["smtp"]);
  equalFacts(kinds("220 (vsFTPd 3.0.3)\r\n"), ["ftp"]);
  equalFacts(kinds("220 hello\r\n"), ["smtp", "ftp"]);
  equalFacts(kinds("+OK ready\r\n"), ["pop3"]);
  equalFacts(kinds("* OK ready\r\n"), ["imap"]);
  equalFacts(kinds("200 news.example.org ready\r\n"), ["nntp"]);
  equalFacts(kinds('"IMPLEMENTATION" "x"\r\nOK\r\n'), ["sieve"]);
  equalFacts(kinds("Ubuntu 22.04\r\nhost login: "), ["telnet"]);
  equalFacts(kinds("SSH-2.0-OpenSSH_9\r\n"), []);
  assert.equal(serverNameOf(text("220 mx.example.net ESMTP\r\n")), "mx.example.net");
  assert.equal(serverNameOf(text("220 (vsFTPd 3.0.3)\r\n")), undefined);
});

describe("dialogues", () => {
  const openings = {
    smtp: text("EHLO mail.example.org\r\n"),
    ftp: text("USER anonymous\r\n"),
    pop3: text("CAPA\r\n"),
    imap: text("a1 CAPABILITY\r\n"),
    nntp: text("MODE READER\r\n"),
    sieve: text("CAPABILITY\r\n"),
    telnet: text("\xff\xfb\x18"),
  };
  for (const kind of dialogueKinds) {
    describe(kind, () => parserNeverThrows((bytes) => parse(kind, bytes), [openings[kind]]));
  }
});

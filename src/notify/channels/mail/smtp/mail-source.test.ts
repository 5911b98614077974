import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { simpleParser } from "mailparser";
import { safeText } from "../../../../core/safe-text.ts";
import { mailSubject } from "../mail-subject.ts";
import { mailSource } from "./mail-source.ts";

const message = { messageId: "<report.1@harbinger.test>", date: Date.UTC(2026, 0, 5, 8), subject: "s", text: "t\n" };
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom(
        "\r\nBcc: evil@example.org",
        "\n\n",
        "\r",
        "=?utf-8?q?x?=",
        "\0",
        "\u202e",
        ".",
        "long ".repeat(50),
      ),
    ),
    { maxLength: 5 },
  )
  .map((pieces) => pieces.join(""));

test("for any subject, the headers are ours and the subject is the safe text", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (subject) => {
      const source = await mailSource({ ...message, subject }, "harbinger@example.org", "security@example.org");
      const mail = await simpleParser(source.content);

      const shown = mailSubject(subject);
      assert.deepEqual(
        mail.headerLines.map(({ key }) => key).filter((key) => key !== "subject"),
        [
          "auto-submitted",
          "x-mailer",
          "from",
          "to",
          "message-id",
          "date",
          "content-transfer-encoding",
          "mime-version",
          "content-type",
        ],
      );
      assert.equal((mail.subject ?? "").trim(), shown.trim());
      assert.equal(mail.text, message.text);
      assert.equal(source.to, "security@example.org");
    }),
    { numRuns: 200 },
  );
});

test("any text arrives unchanged", async () => {
  // Reports have line feeds only; safeText has already removed what a mail cannot contain (CR, lone surrogates).
  const text = hostile.map((raw) => `${safeText(raw, { multiline: true, limit: 5000 })}\n`);
  await fc.assert(
    fc.asyncProperty(text, async (body) => {
      const source = await mailSource({ ...message, text: body }, "harbinger@example.org", "security@example.org");
      const mail = await simpleParser(source.content);

      assert.equal(mail.text, body);
    }),
    { numRuns: 200 },
  );
});

test("no line of a mail is longer than 998 octets (RFC 5322 section 2.1.1)", async () => {
  const long = { ...message, subject: "x".repeat(3000), text: "y".repeat(5000), html: "z".repeat(5000) };

  const source = await mailSource(long, "harbinger@example.org", "security@example.org");

  const longest = Math.max(
    ...source.content
      .toString("latin1")
      .split("\r\n")
      .map((line) => line.length),
  );
  assert.ok(longest <= 998, `${longest}`);
});

test("a name beside the sender's address stays out of the envelope; a domain in another script is encoded", async () => {
  const source = await mailSource(message, "Harbinger <harbinger@example.org>", "admin@bücher.example");

  assert.equal(source.from, "harbinger@example.org");
  assert.equal(source.to, "admin@xn--bcher-kva.example");
});

test("only an urgent mail has the headers of one", async () => {
  const headersOf = async (urgency: "high" | undefined) => {
    const sent = urgency === undefined ? message : { ...message, urgency };
    const mail = await simpleParser((await mailSource(sent, "harbinger@example.org", "security@example.org")).content);
    return mail.headerLines.flatMap(({ line }) => (/^(?:x-priority|importance):/i.test(line) ? line : []));
  };
  assert.deepEqual(await headersOf("high"), ["Importance: high", "X-Priority: 1"]);
  assert.deepEqual(await headersOf(undefined), []);
});

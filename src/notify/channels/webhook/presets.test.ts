import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Message } from "../../../core/delivery.ts";
import { presetNames, presets } from "./presets.ts";

const message: Message = {
  messageId: "<a.1@harbinger.test>",
  date: Date.UTC(2026, 0, 31, 7),
  subject: "SE Linköping 89.160.20.112",
  text: "Peer IP: 89.160.20.112\nDetected: ssh\n",
  json: '{"type":"connection"}\n',
};

describe("a message in the format of", () => {
  test("custom programs", () => {
    assert.deepEqual(presets.generic(message, {}), {
      version: 1,
      id: "<a.1@harbinger.test>",
      time: "2026-01-31T07:00:00.000Z",
      subject: "SE Linköping 89.160.20.112",
      text: message.text,
      urgency: "normal",
      data: { type: "connection" },
    });
    const { json: _, ...plain } = message;
    assert.doesNotMatch(JSON.stringify(presets.generic(plain, {})), /"data"/);
  });

  test("Slack", () => {
    assert.deepEqual(presets.slack(message, {}), {
      text: `*SE Linköping 89.160.20.112*\n\`\`\`\n${message.text.trimEnd()}\n\`\`\``,
      unfurl_links: false,
      unfurl_media: false,
    });
    const hostile = { ...message, subject: "*a* <!channel>", text: "``` <!everyone> & <@U1>" };
    assert.deepEqual(
      Object.values(presets.slack(hostile, {}))[0],
      "* a  &lt;!channel&gt;*\n```\n''' &lt;!everyone&gt; &amp; &lt;@U1&gt;\n```",
    );
  });

  test("Discord", () => {
    assert.deepEqual(presets.discord({ ...message, subject: "**a** @everyone [x](y)" }, {}), {
      content: `**\\*\\*a\\*\\* @everyone \\[x\\]\\(y\\)**\n\`\`\`\n${message.text.trimEnd()}\n\`\`\``,
      allowed_mentions: { parse: [] },
    });
  });

  test("Teams", () => {
    const card = JSON.stringify(presets.teams(message, {}));
    assert.match(card, /"contentType":"application\/vnd\.microsoft\.card\.adaptive"/);
    assert.match(
      card,
      /\{"type":"RichTextBlock","inlines":\[\{"type":"TextRun","text":"SE Linköping 89\.160\.20\.112"/,
    );
    assert.doesNotMatch(card, /TextBlock","text/);
  });

  test("Gotify and Telegram", () => {
    assert.deepEqual(presets.gotify(message, { priority: 8 }), {
      title: message.subject,
      message: message.text,
      priority: 8,
    });
    assert.deepEqual(presets.telegram(message, { chatId: "-100123" }), {
      chat_id: "-100123",
      text: `${message.subject}\n\n${message.text}`,
      link_preview_options: { is_disabled: true },
    });
  });

  test("every service: within its limits, whatever a client sends", () => {
    const long = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc
        .tuple(fc.constantFrom("\u0001", "ü", "🌍", "```", "<", "&", '"', "a\n"), fc.nat(50_000))
        .map(([part, count]) => part.repeat(count)),
    );
    fc.assert(
      fc.property(long, long, fc.constantFrom(...presetNames), (subject, text, name) => {
        const body = presets[name]({ ...message, subject, text }, { chatId: "1" });
        const fields = new Map(Object.entries(body));
        if (name === "discord") assert.ok(String(fields.get("content")).length <= 2000);
        if (name === "slack") assert.ok(String(fields.get("text")).length <= 40_000);
        if (name === "telegram") assert.ok(String(fields.get("text")).length <= 4096);
        if (name === "teams") assert.ok(Buffer.byteLength(JSON.stringify(body)) <= 28_000);
        for (const field of ["content", "text"]) {
          const shown = fields.get(field);
          if (typeof shown !== "string" || name === "generic" || name === "telegram") continue;
          assert.equal(shown.split("```").length, 3, "one block of code");
        }
      }),
      { numRuns: 60 },
    );
  });

  test("Gotify, with a priority that plays a sound on a phone if it is urgent", () => {
    const urgent = { ...message, urgency: "high" as const };
    const priorityOf = (sent: Message, priority?: number) =>
      Object.entries(presets.gotify(sent, priority === undefined ? {} : { priority })).find(
        ([key]) => key === "priority",
      )?.[1];
    assert.deepEqual(
      [priorityOf(message), priorityOf(message, 3), priorityOf(urgent), priorityOf(urgent, 3), priorityOf(urgent, 10)],
      [undefined, 3, 8, 8, 10],
    );
  });

  test("custom programs, with a field for its urgency", () => {
    assert.equal(Reflect.get(presets.generic({ ...message, urgency: "high" }, {}), "urgency"), "high");
  });
});

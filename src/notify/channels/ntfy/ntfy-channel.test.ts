import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { HttpServer, type HttpServerOptions, type ReceivedRequest } from "../../../../test/harness/http-server.ts";
import { certificatePath } from "../../../../test/harness/smtp-server.ts";
import { contractMessage, never } from "../../../../test/notify/channel-contract.ts";
import type { SendOutcome } from "../../../core/delivery.ts";
import { NtfyChannel, type NtfyChannelOptions } from "./ntfy-channel.ts";

const token = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2";
const topic = "alerts-Xy7";
const now = Date.UTC(2026, 0, 31, 7);

/** As ntfy answers (https://docs.ntfy.sh/publish/): to a topic, with the right token, and with the message as JSON. */
function ntfy(options: { readonly token?: string } = {}): HttpServerOptions {
  return {
    answer: ({ method, path, headers, body }) => {
      if (method !== "POST" && method !== "PUT") return problem(405, 40_501, "method not allowed");
      if (!/^\/[-_A-Za-z0-9]{1,64}$/.test(path)) return problem(404, 40_401, "page not found");
      if (options.token !== undefined && headers.authorization !== `Bearer ${options.token}`) {
        return problem(403, 40_301, "forbidden");
      }
      if (Buffer.byteLength(body) > 4096) return problem(413, 41_301, "attachment too large");
      return { status: 200, text: JSON.stringify({ id: "hwQ2YpKdmg", event: "message", topic: path.slice(1) }) };
    },
  };
}

function problem(http: number, code: number, error: string) {
  return { status: http, text: JSON.stringify({ code, http, error, link: "https://ntfy.sh/docs/publish/" }) };
}

function channelTo(server: { readonly url: string }, options: Partial<NtfyChannelOptions> = {}): NtfyChannel {
  return new NtfyChannel({
    server: new URL(server.url),
    topic,
    timeoutMs: 5000,
    clock: { now: () => now },
    ...options,
  });
}

async function sendTo(
  fault: HttpServer["fault"],
  options: Partial<NtfyChannelOptions> = {},
): Promise<{ readonly outcome: SendOutcome; readonly server: HttpServer }> {
  await using server = await HttpServer.start(ntfy());
  server.fault = fault;
  const outcome = await channelTo(server, options).send(contractMessage, topic, never());
  return { outcome, server };
}

function reasonOf(outcome: SendOutcome): string {
  return outcome.kind === "delivered" ? "" : outcome.reason;
}

/** As the server of ntfy reads a header (RFC 2047 section 6.2): space between encoded words is not shown. */
function decoded(header: string): string {
  return header
    .replace(/\?= =\?/g, "?==?")
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, word: string) => Buffer.from(word, "base64").toString("utf8"));
}

test("a push is the text, posted to the topic, with title, priority, tags and link in headers", async () => {
  await using server = await HttpServer.start(ntfy({ token }));
  const channel = channelTo(server, {
    priority: 5,
    tags: ["rotating_light", "shield"],
    click: new URL("https://harbinger.example/alerts"),
    login: { kind: "token", token },
  });

  const outcome = await channel.send({ ...contractMessage, subject: "DE Berlin 192.0.2.1" }, topic, never());

  assert.equal(outcome.kind, "delivered");
  const [push] = server.accepted;
  assert.ok(push !== undefined);
  assert.equal(push.method, "POST");
  assert.equal(push.path, `/${topic}`);
  assert.equal(push.body, contractMessage.text);
  const { title, priority, tags, click, authorization, "x-message-id": id } = push.headers;
  assert.deepEqual(
    { title, priority, tags, click, authorization, id },
    {
      title: "DE Berlin 192.0.2.1",
      priority: "5",
      tags: "rotating_light,shield",
      click: "https://harbinger.example/alerts",
      authorization: `Bearer ${token}`,
      id: contractMessage.messageId,
    },
  );
});

test("user and password go as Basic authorization, and a server may stand below a path", async () => {
  await using server = await HttpServer.start({ answer: () => ({ status: 200, text: "{}" }) });
  const channel = channelTo(
    { url: `${server.url}/push/` },
    { login: { kind: "password", user: "me", password: "hüsh" } },
  );

  await channel.send(contractMessage, topic, never());

  const [push] = server.accepted;
  assert.equal(push?.path, `/push/${topic}`);
  assert.equal(push?.headers.authorization, `Basic ${Buffer.from("me:hüsh").toString("base64")}`);
});

test("a title beyond ASCII arrives unchanged, in encoded words of valid length", async () => {
  await using server = await HttpServer.start(ntfy());
  const subject = "SE Linköping 89.160.20.112: 世界 🌍 ".repeat(4).trim();

  await channelTo(server).send({ ...contractMessage, subject }, topic, never());

  const title = String(server.accepted[0]?.headers["title"]);
  assert.match(title, /^[\x20-\x7e]+$/);
  for (const word of title.split(" ")) assert.ok(word.length <= 75, word);
  assert.equal(decoded(title), subject);
});

test("a subject can neither add a header nor look like an encoded word", async () => {
  await using server = await HttpServer.start(ntfy());
  const channel = channelTo(server);
  const plain = await sendAndRead(channel, server, "plain");
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 80 }),
        fc.constantFrom("a\r\nX-Delay: 1d", "=?UTF-8?B?YQ0KQmNjOiB4?=", "a\nb", "\u2028x", "\ud800", " x "),
      ),
      async (subject) => {
        const push = await sendAndRead(channel, server, subject);
        const expected = namesOf(plain).filter((name) => name !== "title" || push.headers["title"] !== undefined);
        assert.deepEqual(namesOf(push), expected);
        const title = String(push.headers["title"] ?? "");
        assert.match(title, /^[\x20-\x7e]*$/);
        if (title.includes("=?"))
          assert.match(title, /^=\?UTF-8\?B\?[A-Za-z0-9+/=]+\?=(?: =\?UTF-8\?B\?[A-Za-z0-9+/=]+\?=)*$/);
      },
    ),
    { numRuns: 60 },
  );
});

async function sendAndRead(channel: NtfyChannel, server: HttpServer, subject: string): Promise<ReceivedRequest> {
  const outcome = await channel.send({ ...contractMessage, subject }, topic, never());
  assert.equal(outcome.kind, "delivered", subject);
  const push = server.received.at(-1);
  assert.ok(push !== undefined);
  return push;
}

function namesOf(request: ReceivedRequest): string[] {
  return Object.keys(request.headers).sort();
}

test("a text that is too long for a push is cut between characters and ends with the number of missing characters", async () => {
  await using server = await HttpServer.start(ntfy());

  const outcome = await channelTo(server).send({ ...contractMessage, text: "ü🌍".repeat(3000) }, topic, never());

  assert.equal(outcome.kind, "delivered");
  const body = server.accepted[0]?.body ?? "";
  assert.ok(Buffer.byteLength(body) <= 4096 && Buffer.byteLength(body) > 4000);
  assert.match(body, /^[ü🌍]+\n\.\.\. \[\d+ more characters\]$/u);
});

test("a repeated message has the same sequence identifier, and another message has another one", async () => {
  await using server = await HttpServer.start(ntfy());
  const channel = channelTo(server);
  await channel.send(contractMessage, topic, never());
  await channel.send(contractMessage, topic, never());
  await channel.send({ ...contractMessage, messageId: "<other@harbinger.test>" }, topic, never());

  const [first, again, other] = server.accepted.map(({ headers }) => headers["x-sequence-id"]);
  assert.match(String(first), /^[-_A-Za-z0-9]{1,64}$/);
  assert.equal(first, again);
  assert.notEqual(first, other);
});

const answers: readonly [number, Readonly<Record<string, string>>, SendOutcome["kind"], number | undefined, RegExp][] =
  [
    [429, { "retry-after": "120" }, "retry", 120_000, /accepts no more messages now \(HTTP 429\)/],
    [429, {}, "retry", undefined, /accepts no more/],
    [503, { "retry-after": "Sat, 31 Jan 2026 07:05:00 GMT" }, "retry", 300_000, /cannot accept the message now/],
    [507, {}, "retry", undefined, /cannot accept the message now \(HTTP 507\)/],
    [500, {}, "retry", undefined, /HTTP 500/],
    [408, {}, "retry", undefined, /HTTP 408/],
    [401, {}, "retry", 3_600_000, /token/],
    [403, {}, "retry", 3_600_000, /may it write to this topic/],
    [
      301,
      { location: "https://other.example/secret-path" },
      "retry",
      3_600_000,
      /redirects to https:\/\/other\.example \(HTTP 301\)/,
    ],
    [400, {}, "rejected", undefined, /as malformed/],
    [404, {}, "rejected", undefined, /has no such address/],
    [413, {}, "rejected", undefined, /too large/],
  ];
for (const [status, headers, kind, retryAfterMs, words] of answers) {
  test(`HTTP ${status}${JSON.stringify(headers)} is ${kind}`, async () => {
    const { outcome, server } = await sendTo({ kind: "reply", status, headers, text: '{"error":"so it is"}' });

    assert.equal(outcome.kind, kind, reasonOf(outcome));
    assert.match(reasonOf(outcome), words);
    if (status >= 400) assert.match(reasonOf(outcome), /The server replied: \{"error":"so it is"\}/);
    assert.doesNotMatch(reasonOf(outcome), /secret-path/);
    assert.equal(outcome.kind === "retry" ? outcome.retryAfterMs : undefined, retryAfterMs);
    const isIndependentOfMessage = [301, 401, 403, 429, 503].includes(status);
    assert.equal(
      outcome.kind === "retry" && outcome.closed === true,
      isIndependentOfMessage,
      "the next message would fare the same",
    );
    assert.equal(server.received.length, 1);
  });
}

test("a token or password that the server repeats is not in the reason", async () => {
  const password = "hunter2 & co";
  const basic = Buffer.from(`me:${password}`).toString("base64");
  for (const login of [
    { kind: "token", token },
    { kind: "password", user: "me", password },
  ] as const) {
    for (const status of [400, 401, 500]) {
      const text = `no: ${token} ${password} ${basic} ${encodeURIComponent(password)}`;
      const { outcome } = await sendTo({ kind: "reply", status, text }, { login });
      for (const secret of login.kind === "token" ? [token] : [password, basic, encodeURIComponent(password)]) {
        assert.ok(!reasonOf(outcome).includes(secret), reasonOf(outcome));
      }
    }
  }
});

test("an invalid topic is rejected", () => {
  for (const wrong of ["", "a b", "../admin", "a/b", "a?b=c", "x".repeat(65), "ä", "a\r\nb"]) {
    assert.throws(() => channelTo({ url: "http://127.0.0.1" }, { topic: wrong }), /not an ntfy topic/, wrong);
  }
});

test("a topic that the server repeats is not in the reason, in any context", async () => {
  for (const status of [200, 400, 404, 429, 500]) {
    const text = `POST /${topic} failed; "topic":"${topic}",${topic}`;
    const { outcome } = await sendTo({ kind: "reply", status, text });
    assert.notEqual(outcome.kind, "delivered");
    assert.match(reasonOf(outcome), /\[secret\]/);
    assert.ok(!reasonOf(outcome).includes(topic), reasonOf(outcome));
  }
});

test("a silent server is retried after the time limit; the message may have arrived", async () => {
  const { outcome } = await sendTo({ kind: "hang" }, { timeoutMs: 200 });

  assert.ok(outcome.kind === "retry");
  assert.equal(outcome.uncertain, true);
  assert.match(outcome.reason, /did not answer in time/);
});

test("a connection that breaks before the answer leaves the delivery uncertain", async () => {
  const { outcome } = await sendTo({ kind: "drop" });

  assert.ok(outcome.kind === "retry");
  assert.equal(outcome.uncertain, true);
  assert.match(outcome.reason, /closed the connection/);
});

test("if nothing listens, nothing is uncertain", async () => {
  const server = await HttpServer.start();
  await server.stop();

  const outcome = await channelTo(server).send(contractMessage, topic, never());

  assert.ok(outcome.kind === "retry");
  assert.notEqual(outcome.uncertain, true);
  assert.match(outcome.reason, /refuses connections/);
});

test("an endless answer is not a success, and only a part of it is read", async () => {
  for (const flood of [false, true]) {
    await using server = await HttpServer.start();
    server.fault = { kind: "endless", flood };

    const outcome = await channelTo(server, { timeoutMs: 300 }).send(contractMessage, topic, never());

    assert.ok(outcome.kind === "retry");
    assert.equal(outcome.uncertain, true, "the server may have published it");
    assert.match(outcome.reason, /did not complete its answer/);
    assert.ok(server.flooded < 8 * 1024 * 1024, String(server.flooded));
  }
});

test("a server of another protocol is reported as such", async () => {
  const { outcome } = await sendTo({ kind: "garbage" });

  assert.equal(outcome.kind, "retry");
  assert.match(reasonOf(outcome), /does not answer with HTTP/);
});

test("a name that cannot be resolved is retried", async () => {
  for (const [code, words] of [
    ["ENOTFOUND", /host name .* does not exist/],
    ["EAI_AGAIN", /cannot be resolved now/],
  ] as const) {
    const channel = channelTo(
      { url: "http://ntfy.example" },
      { lookup: (_name, _options, callback) => callback(Object.assign(new Error("lookup failed"), { code }), []) },
    );
    const outcome = await channel.send(contractMessage, topic, never());
    assert.equal(outcome.kind, "retry");
    assert.match(reasonOf(outcome), words);
  }
});

test("TLS: a server without a valid certificate gets nothing", async () => {
  await using server = await HttpServer.start({ ...ntfy(), certificate: "localhost" });
  const ca = readFileSync(certificatePath("localhost"), "utf8");

  const trusted = await channelTo(server, { ca }).send(contractMessage, topic, never());
  const untrusted = await channelTo(server).send(contractMessage, topic, never());

  assert.equal(trusted.kind, "delivered");
  assert.equal(untrusted.kind, "retry");
  assert.match(reasonOf(untrusted), /not signed by a trusted authority.*ca_file/);
  assert.equal(server.received.length, 1);
});

for (const [certificate, words] of [
  ["expired", /not valid now/],
  ["other-name", /for other names/],
] as const) {
  test(`TLS: a certificate that is ${certificate} stops the message`, async () => {
    await using server = await HttpServer.start({ ...ntfy(), certificate });
    const ca = readFileSync(certificatePath(certificate), "utf8");

    const outcome = await channelTo(server, { ca }).send(contractMessage, topic, never());

    assert.equal(outcome.kind, "retry");
    assert.match(reasonOf(outcome), words);
    assert.equal(server.received.length, 0);
  });
}

test("TLS to a server without it fails with an explanation", async () => {
  await using server = await HttpServer.start();

  const outcome = await channelTo({ url: server.url.replace("http:", "https:") }).send(contractMessage, topic, never());

  assert.match(reasonOf(outcome), /does not speak TLS/);
});

test("an urgent message has one priority more than configured, and at least 4", async () => {
  await using server = await HttpServer.start(ntfy());
  for (const priority of [undefined, 1, 3, 4, 5] as const) {
    const channel = channelTo(server, priority === undefined ? {} : { priority });
    await channel.send({ ...contractMessage, urgency: "high" }, topic, never());
  }
  await channelTo(server).send(contractMessage, topic, never());
  assert.deepEqual(
    server.received.map(({ headers }) => headers["priority"]),
    ["4", "4", "4", "5", "5", undefined],
  );
});

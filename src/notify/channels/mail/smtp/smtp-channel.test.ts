import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { test } from "node:test";
import {
  certificatePath,
  type FaultStage,
  MailServer,
  type MailServerOptions,
} from "../../../../../test/harness/smtp-server.ts";
import { contractMessage, never } from "../../../../../test/notify/channel-contract.ts";
import type { SendOutcome } from "../../../../core/delivery.ts";
import { mailSubject } from "../mail-subject.ts";
import { SmtpChannel, type SmtpChannelOptions } from "./smtp-channel.ts";

const login = { user: "reporter", password: "tr0ub4dor&3" };
const recipient = "security@example.org";
const timeouts = { connectMs: 5000, greetingMs: 5000, replyMs: 5000 };
const ca = readFileSync(certificatePath("localhost"), "utf8");

function channelTo(server: { readonly port: number }, options: Partial<SmtpChannelOptions> = {}): SmtpChannel {
  return new SmtpChannel({
    host: "127.0.0.1",
    port: server.port,
    tls: "none",
    from: "Harbinger <harbinger@example.org>",
    timeouts,
    ...options,
  });
}

/** Sends one message to a new server. */
async function sendTo(
  serverOptions: MailServerOptions,
  channelOptions: Partial<SmtpChannelOptions> = {},
): Promise<{ readonly outcome: SendOutcome; readonly server: MailServer }> {
  await using server = await MailServer.start(serverOptions);
  const outcome = await channelTo(server, channelOptions).send(contractMessage, recipient, never());
  return { outcome, server };
}

function reasonOf(outcome: SendOutcome): string {
  assert.notEqual(outcome.kind, "delivered");
  return outcome.kind === "delivered" ? "" : outcome.reason;
}

test("a mail has sender, recipient, subject, date, identifier, text and HTML of the message", async () => {
  const { server } = await sendTo({});

  const [received] = server.accepted;
  assert.ok(received !== undefined);
  const { mail } = received;
  assert.equal(received.from, "harbinger@example.org");
  assert.deepEqual(received.to, [recipient]);
  assert.equal(mail.from?.text, '"Harbinger" <harbinger@example.org>');
  assert.equal(mail.subject, contractMessage.subject);
  assert.equal(mail.date?.getTime(), contractMessage.date);
  assert.equal(mail.messageId, contractMessage.messageId);
  assert.equal(mail.text, contractMessage.text);
  assert.equal(mail.html, contractMessage.html);
  assert.equal(mail.headers.get("auto-submitted"), "auto-generated");
});

test("the bytes of a mail are the same on every attempt", async () => {
  await using server = await MailServer.start();
  const channel = channelTo(server);

  await channel.send(contractMessage, recipient, never());
  await channel.send(contractMessage, recipient, never());

  assert.equal(server.accepted[0]?.raw, server.accepted[1]?.raw);
});

test("a subject that looks like headers stays a subject", async () => {
  await using server = await MailServer.start();
  const subject = "2 hosts\r\nBcc: evil@example.org\r\n\r\nand a body";

  await channelTo(server).send({ ...contractMessage, subject }, recipient, never());

  const [received] = server.accepted;
  assert.deepEqual(received?.to, [recipient]);
  assert.equal(received?.mail.subject, mailSubject(subject));
  assert.equal(received?.mail.text, contractMessage.text);
});

for (const tls of ["starttls", "implicit"] as const) {
  test(`${tls}: the mail and the login are sent over an encrypted connection to a server with a valid certificate`, async () => {
    const { outcome, server } = await sendTo({ tls, login }, { tls, login, ca, host: "localhost" });

    assert.equal(outcome.kind, "delivered");
    assert.equal(server.accepted[0]?.secure, true);
    assert.equal(server.accepted[0]?.user, login.user);
  });

  test(`${tls}: an untrusted certificate stops the mail, and the reason names the remedy`, async () => {
    const { outcome, server } = await sendTo({ tls }, { tls, host: "localhost" });

    assert.match(reasonOf(outcome), /self-signed.*ca_file.*tls_verify: false/);
    assert.equal(outcome.kind, "retry");
    assert.equal(server.received.length, 0);
  });

  test(`${tls}: a certificate for another name stops the mail`, async () => {
    const own = readFileSync(certificatePath("other-name"), "utf8");
    const { outcome } = await sendTo({ tls, certificate: "other-name" }, { tls, host: "localhost", ca: own });

    assert.match(reasonOf(outcome), /for other names.*mail\.example\.org/);
  });

  test(`${tls}: an expired certificate stops the mail`, async () => {
    const own = readFileSync(certificatePath("expired"), "utf8");
    const { outcome } = await sendTo({ tls, certificate: "expired" }, { tls, host: "localhost", ca: own });

    assert.match(reasonOf(outcome), /has expired/);
  });

  test(`${tls}: verify: false accepts any certificate`, async () => {
    const { outcome } = await sendTo({ tls, certificate: "expired" }, { tls, verify: false });

    assert.equal(outcome.kind, "delivered");
  });
}

test("starttls: a server without it gets neither the mail nor the password", async () => {
  const { outcome, server } = await sendTo({ login }, { tls: "starttls", login });

  assert.equal(outcome.kind, "retry");
  assert.match(reasonOf(outcome), /does not offer STARTTLS/);
  assert.equal(server.received.length, 0);
});

test("opportunistic: encrypted if offered, otherwise plain", async () => {
  const offered = await sendTo({ tls: "starttls", certificate: "other-name" }, { tls: "opportunistic" });
  const missing = await sendTo({}, { tls: "opportunistic" });

  assert.equal(offered.server.accepted[0]?.secure, true);
  assert.equal(missing.server.accepted[0]?.secure, false);
});

test("implicit TLS to a server without TLS fails with an explanation", async () => {
  const { outcome } = await sendTo({}, { tls: "implicit" });

  assert.match(reasonOf(outcome), /does not speak TLS from the first byte/);
});

test("a plain connection to a server that expects TLS fails with an explanation", async () => {
  const { outcome } = await sendTo({ tls: "implicit" }, { tls: "none", timeouts: { ...timeouts, greetingMs: 200 } });

  assert.match(reasonOf(outcome), /sent no greeting; perhaps it requires TLS from the first byte/);
});

for (const method of ["PLAIN", "LOGIN"]) {
  test(`a server that offers only ${method} lets us log in`, async () => {
    const { outcome, server } = await sendTo({ login, authMethods: [method] }, { login });

    assert.equal(outcome.kind, "delivered");
    assert.equal(server.accepted[0]?.user, login.user);
  });
}

test("a rejected login is retried, and the reason says so without the password", async () => {
  const { outcome } = await sendTo({ login: { user: "reporter", password: "other" } }, { login });

  assert.equal(outcome.kind, "retry");
  assert.match(reasonOf(outcome), /refused the login of reporter.*app password/);
});

test("a password that the server repeats is not in the reason, plain or encoded", async () => {
  const encoded = Buffer.from(login.password).toString("base64");
  const token = Buffer.from(`\0${login.user}\0${login.password}`).toString("base64");
  await using server = await MailServer.start({ login });
  server.fault = { stage: "login", kind: "reply", code: 535, text: `no: {password} ${encoded} ${token}` };

  const outcome = await channelTo(server, { login }).send(contractMessage, recipient, never());

  const reason = reasonOf(outcome);
  assert.match(reason, /\[secret\]/);
  for (const secret of [login.password, encoded, token]) assert.ok(!reason.includes(secret), reason);
});

test("a server without any login mechanism gets no password, and is retried", async () => {
  const { outcome, server } = await sendTo({}, { login });

  assert.equal(outcome.kind, "retry");
  assert.match(reasonOf(outcome), /offers no login/);
  assert.equal(server.received.length, 0);
});

test("a server that requires a login that is not configured is retried", async () => {
  const { outcome } = await sendTo({ login });

  assert.equal(outcome.kind, "retry");
  assert.match(reasonOf(outcome), /requires a login/);
});

const replies: readonly [FaultStage, number, string, SendOutcome["kind"], RegExp][] = [
  ["greeting", 554, "no service for you", "retry", /rejected the connection/],
  ["greeting", 421, "too busy", "retry", /rejected the connection|not ready|closed/],
  ["login", 454, "temporary", "retry", /cannot check the login now/],
  ["sender", 451, "try later", "retry", /not accept mail from this sender now/],
  ["sender", 553, "sender not owned by user", "rejected", /from_address/],
  ["recipient", 450, "greylisted", "retry", /retry later/],
  ["recipient", 550, "user unknown", "rejected", /refused the recipient/],
  ["recipient", 554, "5.7.1 relay access denied", "rejected", /refused to relay mail/],
  ["recipient", 503, "bad sequence", "retry", /now/],
  ["content", 452, "out of space", "retry", /not accept the message now/],
  ["content", 552, "too large", "rejected", /too large/],
  ["content", 554, "looks like spam", "rejected", /refused the message/],
];
for (const [stage, code, text, kind, words] of replies) {
  for (const pipelining of [true, false]) {
    test(`${code} to the ${stage} ${pipelining ? "of a pipelined session " : ""}is ${kind}`, async () => {
      const server = await MailServer.start({ pipelining, ...(stage === "login" ? { login } : {}) });
      await using _ = server;
      server.fault = { stage, kind: "reply", code, text };

      const outcome = await channelTo(server, stage === "login" ? { login } : {}).send(
        contractMessage,
        recipient,
        never(),
      );

      assert.equal(outcome.kind, kind, reasonOf(outcome));
      assert.match(reasonOf(outcome), words);
      assert.ok(reasonOf(outcome).includes(text), reasonOf(outcome));
      assert.ok(outcome.kind !== "retry" || outcome.uncertain !== true);
      // Another message would have failed too, unless the content was the cause.
      if (outcome.kind === "retry") assert.equal(outcome.closed === true, stage !== "content");
    });
  }
}

for (const stage of ["greeting", "sender", "recipient"] as const) {
  test(`a connection that breaks at the ${stage} is retried, and nothing is uncertain`, async () => {
    await using server = await MailServer.start();
    server.fault = { stage, kind: "drop" };

    const outcome = await channelTo(server).send(contractMessage, recipient, never());

    assert.ok(outcome.kind === "retry");
    assert.notEqual(outcome.uncertain, true);
    assert.match(outcome.reason, /closed the connection/);
  });
}

test("a connection that breaks after the final dot leaves the delivery uncertain; the repeated mail has the same identifier", async () => {
  await using server = await MailServer.start();
  server.fault = { stage: "content", kind: "drop" };
  const channel = channelTo(server);

  const first = await channel.send(contractMessage, recipient, never());
  server.fault = undefined;
  const second = await channel.send(contractMessage, recipient, never());

  assert.ok(first.kind === "retry");
  assert.equal(first.uncertain, true);
  assert.equal(second.kind, "delivered");
  assert.deepEqual(
    server.received.map(({ mail }) => mail.messageId),
    [contractMessage.messageId, contractMessage.messageId],
  );
});

test("an attempt that is aborted after the final dot is uncertain", async () => {
  await using server = await MailServer.start();
  server.fault = { stage: "content", kind: "hang" };
  const breakOff = new AbortController();

  const sending = channelTo(server).send(contractMessage, recipient, breakOff.signal);
  await server.hanging();
  breakOff.abort();

  const outcome = await sending;
  assert.ok(outcome.kind === "retry");
  assert.equal(outcome.uncertain, true);
});

test("a silent server is retried after the time limit", async () => {
  await using server = await MailServer.start();
  server.fault = { stage: "recipient", kind: "hang" };

  const outcome = await channelTo(server, { timeouts: { ...timeouts, replyMs: 400 } }).send(
    contractMessage,
    recipient,
    never(),
  );

  assert.equal(outcome.kind, "retry");
  assert.match(reasonOf(outcome), /stopped answering/);
});

test("a message larger than the server's limit is not sent", async () => {
  const { outcome, server } = await sendTo({ sizeLimit: 300 });

  assert.equal(outcome.kind, "rejected");
  assert.match(reasonOf(outcome), /larger than/);
  assert.equal(server.received.length, 0);
});

test("if nothing listens, the reason suggests checking the port", async () => {
  const server = await MailServer.start();
  await server.stop();

  const outcome = await channelTo(server).send(contractMessage, recipient, never());

  assert.equal(outcome.kind, "retry");
  assert.match(reasonOf(outcome), /refuses connections.*587/);
});

for (const [code, words] of [
  ["ENOTFOUND", /there is no host named mail\.example\.org/],
  ["EAI_AGAIN", /cannot be resolved now/],
] as const) {
  test(`a name lookup that ends with ${code} is retried`, async () => {
    const channel = channelTo(
      { port: 25 },
      {
        host: "mail.example.org",
        lookup: (_name, _options, callback) => callback(Object.assign(new Error("lookup failed"), { code }), []),
      },
    );

    const outcome = await channel.send(contractMessage, recipient, never());

    assert.equal(outcome.kind, "retry");
    assert.match(reasonOf(outcome), words);
  });
}

test("anything but one mail address is rejected before a server is contacted", async () => {
  await using server = await MailServer.start();
  for (const wrong of [
    "",
    "a b@example.org",
    "a@example.org,b@example.org",
    "<a@example.org>",
    "a@example.org\r\nRCPT TO:<b@x>",
    "a@b@c",
  ]) {
    const outcome = await channelTo(server).send(contractMessage, wrong, never());
    assert.equal(outcome.kind, "rejected", wrong);
  }
  assert.equal(server.sessions, 0);
});

test("the outcome is known with the reply to the final dot, even if QUIT is never answered", async () => {
  // A server that does not answer QUIT and keeps the connection, which smtp-server does not support.
  const sockets = new Set<import("node:net").Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.write("220 test only\r\n");
    let isContent = false;
    socket.on("data", (chunk) => {
      for (const line of chunk.toString("latin1").split("\r\n")) {
        if (isContent) {
          if (line === ".") socket.write("250 taken\r\n");
          isContent &&= line !== ".";
        } else if (/^(EHLO|MAIL|RCPT)/.test(line)) socket.write("250 fine\r\n");
        else if (line === "DATA") {
          isContent = true;
          socket.write("354 go on\r\n");
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");

  const before = performance.now();
  const outcome = await channelTo(address).send(contractMessage, recipient, never());

  assert.deepEqual(outcome, { kind: "delivered", detail: "250 taken" });
  assert.ok(performance.now() - before < 15_000);
  for (const socket of sockets) socket.destroy();
  server.close();
});

test("verify: unless-local accepts a certificate of a local server that no trusted authority signed", async () => {
  const { outcome, server } = await sendTo(
    { tls: "starttls", certificate: "other-name" },
    { tls: "starttls", verify: "unless-local" },
  );
  assert.equal(outcome.kind, "delivered");
  assert.equal(server.accepted[0]?.secure, true);
});

test("a check connects and logs in, and sends nothing", async () => {
  await using server = await MailServer.start({ login });
  const greeted = await channelTo(server, { login }).testLogin(never());
  assert.equal(greeted.kind, "delivered");
  assert.match(
    reasonOf(await channelTo(server, { login: { ...login, password: "wrong" } }).testLogin(never())),
    /login|password/,
  );
  assert.equal(server.received.length, 0);
  await server.stop();
  assert.match(reasonOf(await channelTo(server, { login }).testLogin(never())), /refuses connections/);
});

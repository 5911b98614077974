import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import {
  ScriptedMailServer,
  type ScriptedMailServerOptions,
} from "../../../../../test/harness/scripted-mail-server.ts";
import { contractMessage, never } from "../../../../../test/notify/channel-contract.ts";
import type { SendOutcome } from "../../../../core/delivery.ts";
import { SmtpChannel, type SmtpChannelOptions } from "./smtp-channel.ts";

const login = { user: "reporter", password: "tr0ub4dor&3" };
const timeouts = { connectMs: 2000, greetingMs: 300, replyMs: 500 };

interface Sent {
  readonly outcome: SendOutcome;
  readonly lines: readonly string[];
  readonly tookMs: number;
}

async function sendTo(server: ScriptedMailServerOptions, options: Partial<SmtpChannelOptions> = {}): Promise<Sent> {
  await using scripted = await ScriptedMailServer.start(server);
  const channel = new SmtpChannel({
    host: "127.0.0.1",
    port: scripted.port,
    tls: "none",
    from: "harbinger@example.org",
    timeouts,
    ...options,
  });
  const before = performance.now();
  const outcome = await channel.send(contractMessage, "security@example.org", never());
  return { outcome, lines: [...scripted.lines], tookMs: performance.now() - before };
}

function reasonOf(outcome: SendOutcome): string {
  return outcome.kind === "delivered" ? "" : outcome.reason;
}

/** Whether the password was sent, in any form. */
function sawPassword(lines: readonly string[]): boolean {
  const forms = [login.password, `\0${login.user}\0${login.password}`].flatMap((text) => [
    text,
    Buffer.from(text).toString("base64"),
  ]);
  return lines.some((line) => forms.some((form) => line.includes(form)));
}

/** A byte every few milliseconds, so that the connection is never silent and the line never ends. */
function drip(socket: Socket, text = "2"): void {
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write(text);
  }, 20);
  socket.once("close", () => clearInterval(timer));
}

const steps = [
  ["greeting", undefined],
  ["EHLO", /^EHLO /],
  ["MAIL", /^MAIL /],
  ["RCPT", /^RCPT /],
  ["DATA", /^DATA$/],
  ["final dot", /^\.$/],
] as const;

for (const [step, line] of steps) {
  const at = (act: (socket: Socket) => string | undefined): ScriptedMailServerOptions =>
    line === undefined
      ? {
          greet: (socket) => {
            const text = act(socket);
            if (text !== undefined) socket.write(`${text}\r\n`);
          },
        }
      : { script: (text, socket) => (line.test(text) ? act(socket) : false) };

  test(`${step}: a server that sends slowly is disconnected after a bounded time, and retried`, async () => {
    const { outcome, tookMs } = await sendTo(
      at((socket) => {
        drip(socket);
        return undefined;
      }),
    );

    assert.ok(outcome.kind === "retry", JSON.stringify(outcome));
    assert.match(outcome.reason, /too slow|sent no greeting/);
    assert.equal(outcome.uncertain === true, step === "final dot");
    assert.ok(tookMs < 25_000, String(tookMs));
  });

  test(`${step}: a reply with endless lines is cut off, and retried`, async () => {
    const { outcome } = await sendTo(
      at((socket) => {
        drip(socket, `250-${"x".repeat(4000)}\r\n`);
        return undefined;
      }),
    );

    assert.ok(outcome.kind === "retry", JSON.stringify(outcome));
    assert.match(outcome.reason, /sends far more|sent no greeting|too slow/);
  });

  test(`${step}: a line of megabytes is not kept`, async () => {
    const { outcome } = await sendTo(
      at((socket) => {
        socket.write("x".repeat(8 * 1024 * 1024));
        return undefined;
      }),
    );

    assert.ok(outcome.kind === "retry", JSON.stringify(outcome));
    assert.match(outcome.reason, /sends far more|stopped answering|sent no greeting/);
  });

  test(`${step}: a connection that is closed there is retried`, async () => {
    for (const end of [(socket: Socket) => socket.destroy(), (socket: Socket) => socket.end()]) {
      const { outcome } = await sendTo(
        at((socket) => {
          end(socket);
          return undefined;
        }),
      );

      assert.ok(outcome.kind === "retry", JSON.stringify(outcome));
      assert.equal(outcome.uncertain === true, step === "final dot");
      assert.match(outcome.reason, /closed the connection|cannot send through/);
    }
  });

  test(`${step}: 421 and 451 there are retried, with the server's reply`, async () => {
    // After 451 to EHLO comes HELO, which may succeed.
    for (const code of step === "EHLO" ? [421] : [421, 451]) {
      const { outcome } = await sendTo(at(() => `${code} 4.3.2 not now`));
      assert.ok(outcome.kind === "retry", JSON.stringify(outcome));
      assert.match(outcome.reason, /not now/);
    }
  });
}

test("endless empty lines need bounded memory", async () => {
  const before = process.memoryUsage().heapUsed;
  const blank = "\r\n".repeat(32 * 1024);
  const server: ScriptedMailServerOptions = {
    greet: (socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write(blank));
      };
      socket.on("drain", more);
      more();
    },
  };

  const { outcome } = await sendTo(server, { timeouts: { ...timeouts, greetingMs: 60_000 } });

  assert.ok(outcome.kind === "retry");
  assert.match(outcome.reason, /sends far more/);
  assert.ok(process.memoryUsage().heapUsed - before < 300 * 1024 * 1024);
});

test("without EHLO the mail is sent with HELO, and a configured login or encryption is never skipped", async () => {
  for (const code of [500, 502, 550]) {
    const script = (line: string) => (/^EHLO /.test(line) ? `${code} what?` : (false as const));

    const plain = await sendTo({ script });
    const withLogin = await sendTo({ script }, { login });
    const encrypted = await sendTo({ script }, { tls: "starttls" });

    assert.equal(plain.outcome.kind, "delivered");
    assert.match(
      reasonOf(withLogin.outcome),
      /does not support EHLO, so it offers no login; the password was not sent/,
    );
    assert.ok(!sawPassword(withLogin.lines), withLogin.lines.join(" "));
    assert.match(reasonOf(encrypted.outcome), /does not support EHLO, so it offers no STARTTLS/);
    assert.ok(!encrypted.lines.some((line) => /^MAIL/.test(line)));
  }
});

test("a password is sent only with a mechanism that was offered and that we support", async () => {
  const offers: readonly [readonly string[], RegExp][] = [
    [[], /offers no login/],
    [["AUTH"], /offers no login/],
    [["AUTH XOAUTH2 GSSAPI"], /it offers XOAUTH2, GSSAPI/],
    [["AUTH NTLM DIGEST-MD5"], /it offers NTLM, DIGEST-MD5/],
    [["AUTH=EXTERNAL"], /it offers EXTERNAL/],
    [["X-AUTH PLAIN"], /offers no login/],
  ];
  for (const [extensions, words] of offers) {
    const { outcome, lines } = await sendTo({ extensions }, { login });
    assert.equal(outcome.kind, "retry");
    assert.match(reasonOf(outcome), words);
    assert.ok(!sawPassword(lines) && !lines.some((line) => /^AUTH/.test(line)), lines.join(" "));
  }
});

/** Accepts the password with one mechanism only, and refuses the others with a given reply. */
function takesBy(taken: string, refusal: string): NonNullable<ScriptedMailServerOptions["script"]> {
  let asked: string[] = [];
  return (line) => {
    const [, mechanism, initial] = /^AUTH ([A-Z0-9-]+)(?: (.*))?$/.exec(line) ?? [];
    if (mechanism !== undefined) {
      asked = [];
      if (mechanism !== taken) return refusal;
      if (mechanism === "PLAIN") return initial === undefined ? "334 " : "235 welcome";
      asked = mechanism === "LOGIN" ? ["334 UGFzc3dvcmQ6", "235 welcome"] : ["235 welcome"];
      return mechanism === "LOGIN" ? "334 VXNlcm5hbWU6" : "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+";
    }
    return asked.shift() ?? false;
  };
}

test("an offered but unsupported mechanism is skipped for the next one", async () => {
  for (const refusal of [
    "504 5.5.4 Unrecognized authentication type",
    "535 5.7.4 Unrecognized authentication type",
    "534 5.7.9 Authentication mechanism is too weak",
    "500 unknown",
  ]) {
    for (const [offer, taken] of [
      ["PLAIN LOGIN", "LOGIN"],
      ["LOGIN PLAIN", "PLAIN"],
      ["PLAIN LOGIN CRAM-MD5", "CRAM-MD5"],
    ] as const) {
      const { outcome } = await sendTo({ extensions: [`AUTH ${offer}`], script: takesBy(taken, refusal) }, { login });
      assert.equal(outcome.kind, "delivered", `${refusal}: ${taken}: ${reasonOf(outcome)}`);
    }
  }
});

test("a wrong password is sent once", async () => {
  const script = takesBy("none", "535 5.7.8 Authentication credentials invalid");
  const { outcome, lines } = await sendTo({ extensions: ["AUTH PLAIN LOGIN CRAM-MD5"], script }, { login });

  assert.match(reasonOf(outcome), /refused the login of reporter/);
  assert.deepEqual(
    lines.filter((line) => /^AUTH/.test(line)).map((line) => line.split(" ")[1]),
    ["PLAIN"],
  );
});

test("454 to STARTTLS is temporary, and nothing is sent unencrypted", async () => {
  const script = (line: string) =>
    line === "STARTTLS" ? "454 TLS not available due to temporary reason" : (false as const);
  const { outcome, lines } = await sendTo({ extensions: ["STARTTLS"], script }, { tls: "starttls", login });

  assert.ok(outcome.kind === "retry" && outcome.closed === true);
  assert.match(outcome.reason, /cannot start encryption now.*454 TLS not available/);
  assert.doesNotMatch(outcome.reason, /offer STARTTLS/);
  assert.ok(!lines.some((line) => /^(?:MAIL|AUTH)/.test(line)));
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { describe, test } from "node:test";
import { variableNames } from "../../src/compat/portwatcher/variables.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { openStore } from "../../src/store/open-store.ts";
import { harbinger, type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { HttpServer } from "../harness/http-server.ts";
import { launcherOf } from "../harness/launchers.ts";
import { MailServer } from "../harness/smtp-server.ts";

const launcher = launcherOf("portwatcher");

/** No variable from the environment of the tests. */
const nothing = Object.fromEntries(variableNames.map((name) => [name, undefined]));

/** No query leaves this machine. */
const quiet = { ...nothing, PW_RDNS_ENABLE: "0", PW_NOTIFY_IGNORE_LOOPBACK: "0", PW_TZ: "UTC", PW_HOST: "127.0.0.1" };

interface Setting {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

async function start({ directory, environment }: Setting): Promise<RunningCli> {
  const running = startHarbinger([], { directory, launcher, environment: { ...quiet, ...environment } });
  await running.waitForOutput("listening");
  return running;
}

async function end(running: RunningCli): Promise<string> {
  running.process.kill("SIGTERM");
  const { status, stderr } = await running.ended;
  assert.equal(status, 0, stderr);
  return stderr;
}

interface ClientConnection {
  /** The client's port. */
  readonly port: number;
  readonly received: string;
}

/** Connects from `from`, sends `words` and waits until the other side closes. */
async function connectTo(port: number, from: string, words = ""): Promise<ClientConnection> {
  const socket = net.connect({ port, host: "127.0.0.1", localAddress: from });
  let received = "";
  socket.setEncoding("latin1").on("data", (text) => {
    received += text;
  });
  // A reset is also an end here.
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await once(socket, "connect");
  const { localPort = 0 } = socket;
  if (words !== "") socket.write(words);
  await closed;
  return { port: localPort, received };
}

function lineOf(text: string | undefined, label: string): string | undefined {
  return text
    ?.split(/\r?\n/)
    .find((line) => line.startsWith(`${label}: `))
    ?.slice(label.length + 2);
}

const suppressedLabel = "Suppressed (since last notify for this IP)";

describe("portwatcher", () => {
  test("lists every variable with --help, and takes no arguments", async () => {
    using folder = temporaryFolder();
    const help = await harbinger(["--help"], { directory: folder.path, launcher });
    assert.equal(help.status, 0);
    for (const name of variableNames) assert.match(help.stdout, new RegExp(`^ {2}${name} `, "m"));
    const wrong = await harbinger(["--port", "22"], { directory: folder.path, launcher });
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /unknown arguments: --port 22/);
  });

  test("ends with status 2 and all errors in the environment, without a database", async () => {
    using folder = temporaryFolder();
    const environment = { ...nothing, PW_PORT: "0", PW_TZ: "Mars", PW_SMTP_SERVER: "mx.example.de", PW_MAIL_TO: "a b" };
    const { status, stderr } = await harbinger([], { directory: folder.path, launcher, environment });
    assert.equal(status, 2);
    for (const name of ["PW_PORT", "PW_TZ", "PW_MAIL_TO"]) assert.match(stderr, new RegExp(`^ {2}${name}: `, "m"));
    assert.deepEqual(readdirSync(folder.path), []);
  });

  test("ends with status 1 and names the likely program if the port is in use", async () => {
    using folder = temporaryFolder();
    const taken = net.createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const environment = { ...quiet, PW_PORT: String(port) };
    const { status, stderr } = await harbinger([], { directory: folder.path, launcher, environment });
    taken.close();
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`portwatcher: another program already listens on port ${port}`));
  });

  test("alerts once in a cooldown, and includes the number of suppressed connections in the next alert", async () => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start();
    await using push = await HttpServer.start();
    const port = await freePort();
    const running = await start({
      directory: folder.path,
      environment: {
        PW_PORT: String(port),
        PW_BANNER: "220 go away",
        PW_SMTP_SERVER: "127.0.0.1",
        PW_SMTP_PORT: String(mail.port),
        PW_SMTP_STARTTLS: "0",
        PW_MAIL_TO: "ann@example.org,bob@example.org",
        PW_NTFY_SERVER: `${push.url}/push`,
        PW_NTFY_TOPIC: "knocks",
        PW_RL_COOLDOWN_S: "2",
        PW_PROBE_TIMEOUT_MS: "250",
      },
    });

    // A silent client is read for a quarter of a second, so that each of its connections takes time.
    const made: ClientConnection[] = [];
    while (push.accepted.length < 2 && made.length < 100) made.push(await connectTo(port, "127.3.0.1"));
    await push.until(({ accepted }) => accepted.length >= 2);
    await mail.until(({ accepted }) => accepted.length >= 4);
    await end(running);

    for (const { received } of made) assert.equal(received, "220 go away");
    const bodies = push.accepted.map(({ body }) => body);
    const reported = bodies.map((body) => made.findIndex((each) => String(each.port) === lineOf(body, "Port")));
    assert.equal(reported[0], 0);
    assert.equal(lineOf(bodies[0], suppressedLabel), "0");
    assert.ok((reported[1] ?? 0) > 1, String(reported));
    assert.equal(lineOf(bodies[1], suppressedLabel), String((reported[1] ?? 0) - 1));
    assert.deepEqual([...new Set(push.accepted.map(({ path: where }) => where))], ["/push/knocks"]);
    const mails = mail.accepted.map(({ to, mail: { subject, text } }) => [
      to.join(),
      subject,
      lineOf(text, suppressedLabel),
    ]);
    for (const recipient of ["ann@example.org", "bob@example.org"]) {
      assert.deepEqual(
        mails.filter(([to]) => to === recipient),
        [
          [recipient, "127.3.0.1", "0"],
          [recipient, "127.3.0.1", String((reported[1] ?? 0) - 1)],
        ],
      );
    }
  });

  test("sends no alert for ignored networks, and logs them if configured", async () => {
    for (const [isSilent, word] of [
      [true, "1"],
      [false, "off"],
    ] as const) {
      using folder = temporaryFolder();
      await using push = await HttpServer.start();
      const port = await freePort();
      const running = await start({
        directory: folder.path,
        environment: {
          PW_PORT: String(port),
          PW_NTFY_SERVER: push.url,
          PW_NTFY_TOPIC: "knocks",
          PW_NOTIFY_IGNORE_CIDRS: "127.4.0.0/16,::1/128",
          PW_LOG_IGNORE_SUPPRESSED: word,
        },
      });
      await connectTo(port, "127.4.0.1", "GET / HTTP/1.0\r\n\r\n");
      await connectTo(port, "127.5.0.1", "GET / HTTP/1.0\r\n\r\n");
      await push.until(({ accepted }) => accepted.length >= 1);
      const log = await end(running);
      assert.deepEqual(
        push.accepted.map(({ body }) => lineOf(body, "Peer IP")),
        ["127.5.0.1"],
      );
      assert.equal(log.includes("127.4.0.1"), !isSilent);
      assert.ok(log.includes("127.5.0.1"));
    }
  });

  test("does not log its own health check, even without recipients", async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    const running = await start({
      directory: folder.path,
      environment: { PW_PORT: String(port), PW_NOTIFY_IGNORE_LOOPBACK: "1", PW_ENABLE_EMAIL: "0", PW_ENABLE_PUSH: "0" },
    });
    await connectTo(port, "127.0.0.1", "GET / HTTP/1.0\r\n\r\n");
    const log = await end(running);
    assert.doesNotMatch(log, /connection|WARN/);
    for (const line of log.trim().split("\n")) assert.match(line, /^\[20\d\d-\d\d-\d\d \d\d:/);
  });

  test("logs in with the password from a file, and never shows it", async () => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start({
      tls: "starttls",
      login: { user: "me@example.org", password: "a # b" },
    });
    writeFileSync(path.join(folder.path, "pass"), "a # b\n");
    const port = await freePort();
    const running = await start({
      directory: folder.path,
      environment: {
        PW_PORT: String(port),
        PW_LOG_LEVEL: "DEBUG",
        PW_SMTP_SERVER: "localhost",
        PW_SMTP_PORT: String(mail.port),
        PW_SMTP_USER: "me@example.org",
        PW_SMTP_PASS_FILE: "pass",
        PW_MAIL_TO: "ann@example.org",
      },
    });
    await connectTo(port, "127.3.0.2", "hello\r\n\r\n");
    await mail.until(({ accepted }) => accepted.length >= 1);
    const log = await end(running);
    const [first] = mail.accepted;
    assert.deepEqual([first?.secure, first?.user, first?.from], [true, "me@example.org", "me@example.org"]);
    assert.ok(!log.includes("a # b"));
  });

  test("delivers every stored alert once after it was killed repeatedly while the mail server was down", async () => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start();
    await using push = await HttpServer.start();
    const port = await freePort();
    const setting: Setting = {
      directory: folder.path,
      environment: {
        PW_PORT: String(port),
        PW_SMTP_SERVER: "127.0.0.1",
        PW_SMTP_PORT: String(mail.port),
        PW_SMTP_STARTTLS: "0",
        PW_MAIL_TO: "ann@example.org",
        PW_NTFY_SERVER: push.url,
        PW_NTFY_TOPIC: "knocks",
        PW_STORE: "kept.db",
      },
    };
    await mail.stop();
    for (let round = 1; round <= 3; round += 1) {
      const running = await start(setting);
      const before = push.accepted.length;
      const made = Array.from({ length: 12 }, (_, client) =>
        connectTo(port, `127.6.${round}.${client + 1}`, "GET / HTTP/1.0\r\n\r\n"),
      );
      // During the work: some are reported, some only stored, some neither.
      await push.until(({ accepted }) => accepted.length > before);
      running.process.kill("SIGKILL");
      await running.ended;
      await Promise.all(made);
    }
    await mail.start();
    const last = await start(setting);
    const stored = await storedPeers(path.join(folder.path, "kept.db"));
    await mail.until(() => peersOf(mail).length >= stored.length);
    await push.until(() => pushedPeers(push).length >= stored.length);
    await end(last);

    assert.ok(stored.length >= 1);
    assert.deepEqual(peersOf(mail).sort(), stored);
    // A push whose answer the kill cut off is repeated, with the identifier by which ntfy replaces it.
    assert.deepEqual(pushedPeers(push).sort(), stored);
  });

  test("loses nothing and alerts once if it is stopped right after a connection", async () => {
    using folder = temporaryFolder();
    await using push = await HttpServer.start();
    const port = await freePort();
    const environment = { PW_PORT: String(port), PW_NTFY_SERVER: push.url, PW_NTFY_TOPIC: "knocks" };
    const first = await start({ directory: folder.path, environment });
    await connectTo(port, "127.7.0.1", "GET / HTTP/1.0\r\n\r\n");
    // A service manager signals the whole group, and a launcher forwards the signal: one request, two signals.
    first.process.kill("SIGINT");
    assert.match(await end(first), /shutting down/);
    const second = await start({ directory: folder.path, environment });
    await push.until(({ accepted }) => accepted.length >= 1);
    await connectTo(port, "127.7.0.2", "GET / HTTP/1.0\r\n\r\n");
    await push.until((server) => pushedPeers(server).includes("127.7.0.2"));
    await end(second);
    assert.deepEqual(
      push.accepted.map(({ body }) => lineOf(body, "Peer IP")),
      ["127.7.0.1", "127.7.0.2"],
    );
  });

  test("keeps due alerts in the temporary folder if its own folder cannot be written", {
    skip:
      process.platform !== "linux" || process.getuid?.() !== 0 || findProgram("unshare") === undefined
        ? "a read-only folder for root needs a mount namespace"
        : false,
  }, async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    const readOnly = path.join(folder.path, "app");
    mkdirSync(readOnly);
    const script = `mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"`;
    const running = startHarbinger(["sh", "-c", script, readOnly, process.execPath, launcher], {
      directory: folder.path,
      node: findProgram("unshare") ?? "unshare",
      launcher: "--mount",
      environment: { ...quiet, PW_PORT: String(port), TMPDIR: folder.path },
    });
    await running.waitForOutput("listening");
    const log = await end(running);
    assert.match(log, /WARN: \/\S+ cannot be written by user \d+: .* PW_STORE/);
    assert.deepEqual(readdirSync(readOnly), []);
    assert.ok(readdirSync(path.join(folder.path, "portwatcher-0")).includes(`portwatcher-${port}.db`));
  });
});

async function storedPeers(file: string): Promise<string[]> {
  await using store = await openStore({ location: file, thread: "caller" });
  const connections = (await store.connections.list({ limit: 1000 })).rows;
  return [...new Set(connections.map(({ peer }) => peer.address))].sort();
}

/** The peers in mails; repetitions of one message count once. */
function peersOf(mail: MailServer): string[] {
  const byMessage = new Map(mail.accepted.map((one) => [one.mail.messageId, lineOf(one.mail.text, "Peer IP") ?? ""]));
  return [...byMessage.values()];
}

function pushedPeers(push: HttpServer): string[] {
  const bySequence = new Map(
    push.accepted.map(({ headers, body }) => [String(headers["x-sequence-id"]), lineOf(body, "Peer IP") ?? ""]),
  );
  return [...bySequence.values()];
}

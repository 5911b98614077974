// `harbinger config init`, with options and with questions on a terminal.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { launcherOf } from "../harness/launchers.ts";
import { openPort } from "../harness/open-port.ts";
import { MailServer } from "../harness/smtp-server.ts";
import { onTerminal, type Terminal, whyNoTerminal } from "../harness/terminal.ts";

const launcher = launcherOf("harbinger");
const enter = "\r";

describe("harbinger config init with options", () => {
  test("writes what was requested, valid and without warnings", async () => {
    using folder = temporaryFolder();
    writeFileSync(path.join(folder.path, "secret"), "word");
    const args = ["--network", "127.0.0.0/29", "--email", "me@example.org", "--smtp", "[::1]:25"];
    const more = ["--smtp-user", "me", "--smtp-password-file", "secret", "--from", "h@example.org", "--ntfy", "topic"];
    const init = await harbinger(["config", "init", ...args, ...more], { directory: folder.path });
    assert.equal(init.status, 0, init.stderr);
    const check = await harbinger(["config", "check"], { directory: folder.path });
    assert.deepEqual([check.status, check.stderr], [0, ""]);
    const { stdout } = await harbinger(["config", "show", "--json"], { directory: folder.path });
    const { email, notify } = JSON.parse(stdout) as {
      email: Record<string, unknown>;
      notify: { ntfy: Record<string, unknown> };
    };
    assert.deepEqual([email["smtp_server"], email["smtp_port"]], ["::1", 25]);
    assert.equal(email["from_address"], "h@example.org");
    assert.equal(notify.ntfy["topic"], "********", "the topic is a secret");
    assert.match(readFileSync(path.join(folder.path, "harbinger.yaml"), "utf8"), /^ *topic: topic$/m);
  });

  test("prints a next step that works as printed", async () => {
    using folder = temporaryFolder();
    const args = ["config", "init", "--yes", "--config", "my own.yaml"];
    const { stderr } = await harbinger(args, { directory: folder.path });
    const line = /^ {2}(node .* config check --config .*?) {3}#/m.exec(stderr)?.[1];
    assert.ok(line !== undefined, stderr);
    const { execSync } = await import("node:child_process");
    const checked = execSync(line, { cwd: folder.path, encoding: "utf8" });
    assert.match(checked, /my own\.yaml is valid: 2 watches/);
  });

  test("rejects options that make an invalid configuration, and writes nothing", async () => {
    using folder = temporaryFolder();
    for (const [args, expected] of [
      [["--network", "lan"], /--network lan: not an address, network or range/],
      [["--email", "me@example.org"], /--email needs --smtp HOST/],
      [["--smtp", "mx"], /--smtp needs --email/],
      [["--email", "me", "--smtp", "mx"], /"me" is not a mail address/],
      [["--email", "me@example.org", "--smtp", "mx:0"], /not a mail server/],
      [["--email", "me@example.org", "--smtp", "mx", "--smtp-user", "me"], /needs both --smtp-user NAME and/],
      [["--ntfy", "no topic"], /notify\.ntfy\.topic: a topic is/],
      [["--ntfy-server", "https://ntfy.example.org"], /--ntfy-server needs --ntfy/],
    ] as const) {
      const { status, stderr } = await harbinger(["config", "init", ...args], { directory: folder.path });
      assert.equal(status, 2, args.join(" "));
      assert.match(stderr, expected);
    }
    const { status } = await harbinger(["config", "check", "--config", "harbinger.yaml"], { directory: folder.path });
    assert.equal(status, 2);
  });

  test("writes a configuration with which one run succeeds", async () => {
    using folder = temporaryFolder();
    await using server = await openPort("127.41.0.1", 8088);
    await harbinger(["config", "init", "--network", "127.41.0.1"], { directory: folder.path });
    const run = await harbinger(["--mode", "cron"], { directory: folder.path, limitMs: hangLimitMs });
    assert.equal(run.status, 0, run.stderr);
    assert.doesNotMatch(run.stderr, /lan-all-ports/, "its night has not come");
    const { stdout } = await harbinger(["hosts", "--json", "--watch", "lan"], { directory: folder.path });
    assert.ok(stdout.includes(`"port":${server.port}`), stdout);
  });
});

describe("harbinger config init on a terminal", { skip: whyNoTerminal() ?? false }, () => {
  test("asks, sends a test message, and writes the answers", async () => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start();
    using terminal = start(folder.path);
    await askedForNetworks(terminal);
    terminal.type(`127.41.1.0/29${enter}`);
    await terminal.shows("How do you want to receive reports and alerts?");
    terminal.type(enter);
    await terminal.shows("Your mail address");
    terminal.type(`me@example.org${enter}`);
    await terminal.shows("Mail server");
    terminal.type(`127.0.0.1:${mail.port}${enter}`);
    await terminal.shows("Login name");
    terminal.type(enter);
    await terminal.shows("Sender");
    terminal.type(enter);
    await terminal.shows("Send a test message now?");
    terminal.type(enter);
    await terminal.shows("Delivered");
    await terminal.shows("decoy ports");
    terminal.type(enter);
    const { status, shown } = await terminal.ended;
    assert.equal(status, 0, shown);
    assert.match(shown, /harbinger\.yaml written\./);
    assert.deepEqual(
      mail.accepted.map(({ to }) => to),
      [["me@example.org"]],
    );
    const check = await harbinger(["config", "check"], { directory: folder.path });
    assert.deepEqual([check.status, check.stderr], [0, ""]);
    const written = readFileSync(path.join(folder.path, "harbinger.yaml"), "utf8");
    assert.match(written, /^ {2}- 127\.41\.1\.0\/29$/m);
    assert.match(written, /^listeners:\n {2}decoy: \{ ports: \[/m);
  });

  test("shuts down gracefully at Ctrl-D, writes nothing, and leaves the cursor visible", async () => {
    using folder = temporaryFolder();
    using terminal = start(folder.path, { raw: true });
    await terminal.shows(/Which networks|Networks to watch/);
    terminal.type("\u0004");
    const { status, shown } = await terminal.ended;
    assert.equal(status, 1, shown);
    assert.match(shown, /Nothing was written/);
    assert.doesNotMatch(shown, /unsettled/);
    assert.ok(shown.lastIndexOf("\u001b[?25h") > shown.lastIndexOf("\u001b[?25l"));
    assert.deepEqual(readdirSync(folder.path), []);
  });

  test("explains a failed test message, and offers to correct the settings or to continue without", async () => {
    using folder = temporaryFolder();
    const gone = await openPort("127.0.0.1");
    await gone[Symbol.asyncDispose]();
    using terminal = start(folder.path);
    await askedForNetworks(terminal);
    terminal.type(enter);
    await terminal.shows("How do you want to receive reports and alerts?");
    terminal.type(enter);
    await terminal.shows("Your mail address");
    terminal.type(`me${enter}`);
    await terminal.shows('"me" is not a mail address');
    terminal.type(`@example.org${enter}`);
    await terminal.shows("Mail server");
    terminal.type(`127.0.0.1:${gone.port}${enter}`);
    await terminal.shows("Login name");
    terminal.type(enter);
    await terminal.shows("Sender");
    terminal.type(enter);
    await terminal.shows("Send a test message now?");
    terminal.type(enter);
    assert.match(await terminal.shows("Send no messages"), /refuses connections; is the server running/);
    terminal.type(enter);
    // The earlier answers are shown to be corrected.
    await terminal.shows(/Your mail address.*me@example\.org/s);
    terminal.type(enter);
    await terminal.shows(new RegExp(`Mail server.*127\\.0\\.0\\.1:${gone.port}`, "s"));
    terminal.type(enter);
    await terminal.shows("Login name");
    terminal.type(enter);
    await terminal.shows("Sender");
    terminal.type(enter);
    await terminal.shows("Send a test message now?");
    terminal.type(enter);
    await terminal.shows("Send no messages");
    terminal.type(`\u001b[B\u001b[B${enter}`);
    const { status, shown } = await terminal.ended;
    assert.equal(status, 0, shown);
    assert.doesNotMatch(readFileSync(path.join(folder.path, "harbinger.yaml"), "utf8"), /^email:/m);
  });

  test("writes nothing after Ctrl-C", async () => {
    using folder = temporaryFolder();
    using terminal = start(folder.path);
    await askedForNetworks(terminal);
    terminal.type("\u0003");
    const { status, shown } = await terminal.ended;
    assert.equal(status, 1, shown);
    assert.match(shown, /Nothing was written/);
    const check = await harbinger(["config", "check", "--config", "harbinger.yaml"], { directory: folder.path });
    assert.match(check.stderr, /no such file/);
  });
});

function start(directory: string, look: { readonly raw?: boolean } = {}): Terminal {
  return onTerminal([process.execPath, launcher, "config", "init"], { directory, ...look });
}

/** Skips the choice of this machine's networks, if there is one, with none of them chosen. */
async function askedForNetworks(terminal: Terminal): Promise<void> {
  const shown = await terminal.shows(/Which networks|Networks to watch/);
  if (!shown.includes("Which networks")) return;
  // "a" chooses all; twice, none.
  terminal.type(`aa${enter}`);
  const next = await terminal.shows(/Other networks|Networks to watch/);
  assert.ok(next.length > 0);
}

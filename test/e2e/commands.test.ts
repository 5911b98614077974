import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { describe, test } from "node:test";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { openPort } from "../harness/open-port.ts";
import { MailServer } from "../harness/smtp-server.ts";

const packageVersion = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;

describe("harbinger", () => {
  test("prints its version", async () => {
    using folder = temporaryFolder();
    for (const flag of ["--version", "-V"]) {
      const { status, stdout } = await harbinger([flag], { directory: folder.path });
      assert.deepEqual([status, stdout], [0, `${packageVersion}\n`]);
    }
  });

  test("explains wrong usage and ends with status 2", async () => {
    using folder = temporaryFolder();
    for (const args of [
      [],
      ["nonsense"],
      ["scan"],
      ["scan", "127.0.0.1", "-p", "http"],
      ["--mode", "daily"],
      ["hosts", "nowhere"],
      ["--mode", "cron", "hosts"],
      ["notify", "test", "--mode", "standalone"],
    ]) {
      const { status, stdout, stderr } = await harbinger(args, { directory: folder.path });
      assert.equal(status, 2, args.join(" "));
      assert.equal(stdout, "");
      assert.notEqual(stderr, "");
    }
    assert.deepEqual(readdirSync(folder.path), []);
  });

  test("has help with examples on every command", async () => {
    using folder = temporaryFolder();
    const commands = [
      "run",
      "scan",
      "listen",
      "hosts",
      "certificates",
      "connections",
      "reports",
      "deliveries",
      "identify",
      "doctor",
      "backup",
      "restore",
      "config check",
      "config init",
      "config schema",
      "config show",
      "notify test",
    ];
    const helps = await Promise.all(
      commands.map((command) => harbinger([...command.split(" "), "--help"], { directory: folder.path })),
    );
    for (const [index, { status, stdout }] of helps.entries()) {
      assert.equal(status, 0, commands[index]);
      assert.match(stdout, /Examples:\n {2}\$ /, commands[index]);
    }
  });
});

describe("harbinger scan", () => {
  test("shows open ports as a table and as JSON lines", async () => {
    using folder = temporaryFolder();
    await using one = await openPort("127.78.0.1");
    await using two = await openPort("127.78.0.3", one.port);
    assert.equal(two.port, one.port);
    const table = await harbinger(["scan", "127.78.0.0/29", "-p", String(one.port)], { directory: folder.path });
    assert.equal(table.status, 0, table.stderr);
    assert.deepEqual(
      table.stdout.split("\n").map((line) => line.trim().split(/\s+/)),
      [
        ["ADDRESS", "PORT", "STATE"],
        ["127.78.0.1", String(one.port), "open"],
        ["127.78.0.3", String(one.port), "open"],
        [""],
      ],
    );
    assert.match(table.stderr, /2 open ports, 6 closed/);
    const json = await harbinger(
      ["scan", "127.78.0.1-4", "-p", String(one.port), "--exclude", "127.78.0.3", "--json", "--quiet"],
      { directory: folder.path },
    );
    assert.deepEqual(JSON.parse(json.stdout), { address: "127.78.0.1", port: one.port, state: "open" });
    assert.equal(json.stderr, "");
    assert.deepEqual(readdirSync(folder.path), [], "nothing is stored");
  });

  test("scans the common ports if none are given, and reports that", async () => {
    using folder = temporaryFolder();
    const scan = await harbinger(["scan", "127.78.2.1"], { directory: folder.path });
    assert.equal(scan.status, 0, scan.stderr);
    assert.match(scan.stderr, /^Scanning \d\d common ports; -p selects others, -p - scans all\.$/m);
    const quiet = await harbinger(["scan", "127.78.2.1", "--json", "--quiet"], { directory: folder.path });
    assert.equal(quiet.stderr, "");
  });

  test("rejects public addresses unless they are allowed", async () => {
    using folder = temporaryFolder();
    const { status, stderr } = await harbinger(["scan", "192.0.2.1", "-p", "22"], { directory: folder.path });
    assert.equal(status, 2);
    assert.match(stderr, /192\.0\.2\.1.*scope\.allow/s);
  });

  test("splits a scan into shards that together cover everything", async () => {
    using folder = temporaryFolder();
    await using server = await openPort("127.78.1.9");
    const found: string[] = [];
    for (const shard of ["1/3", "2/3", "3/3"]) {
      const { stdout } = await harbinger(
        ["scan", "127.78.1.0/28", "-p", String(server.port), "--json", "--seed", "7", "--shard", shard],
        { directory: folder.path },
      );
      found.push(...stdout.split("\n").filter((line) => line !== ""));
    }
    assert.deepEqual(
      found.map((line) => (JSON.parse(line) as { address: string }).address),
      ["127.78.1.9"],
    );
  });
});

describe("harbinger config", () => {
  test("writes a valid first configuration, and never overwrites it", async () => {
    using folder = temporaryFolder();
    const init = await harbinger(["config", "init"], { directory: folder.path });
    assert.equal(init.status, 0, init.stderr);
    const file = path.join(folder.path, "harbinger.yaml");
    if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
    const written = readFileSync(file, "utf8");
    const check = await harbinger(["config", "check"], { directory: folder.path });
    assert.equal(check.status, 0, check.stderr);
    const again = await harbinger(["config", "init"], { directory: folder.path });
    assert.equal(again.status, 2);
    assert.match(again.stderr, /already exists/);
    assert.equal(readFileSync(file, "utf8"), written);
  });

  test("lists all errors at once with their places, and masks secrets in its output", async () => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, "harbinger.yaml");
    writeFileSync(file, "port_x:\n  port: 0\n  comand: true\nreport:\n  directory: x\n");
    const check = await harbinger(["config", "check"], { directory: folder.path });
    assert.equal(check.status, 2);
    assert.equal(check.stderr.trim().split("\n").length >= 3, true, check.stderr);
    assert.match(check.stderr, /harbinger\.yaml:3:3: port_x\.comand: .*"command"/);
    writeFileSync(
      file,
      "email: { smtp_server: mx.example.org, username: me, password: s3cr3t-word }\nport_x: { port: 22, command: 'true' }\n",
    );
    const show = await harbinger(["config", "show"], { directory: folder.path });
    assert.equal(show.status, 0, show.stderr);
    assert.match(show.stdout, /password: "?\*{8}/);
    assert.doesNotMatch(show.stdout + show.stderr, /s3cr3t/);
    const schema = await harbinger(["config", "schema"], { directory: folder.path });
    assert.equal((JSON.parse(schema.stdout) as { type: string }).type, "object");
  });
});

describe("harbinger run without any configuration", () => {
  test("finds this machine's ports, writes a report, shows what to do next, and shuts down gracefully on SIGTERM", async () => {
    using folder = temporaryFolder();
    await using server = await openPort("127.0.0.1");
    const port = await freePort();
    const environment = { HARBINGER_WEB_LISTEN: `127.0.0.1:${port}` };
    const running = startHarbinger(["run"], { directory: folder.path, environment });
    await running.waitForOutput(`for a browser on this machine: http://127.0.0.1:${port}/\n`);
    await running.waitForOutput(/Next, in another terminal:\n {2}node \S*harbinger\.js config init/);
    await running.waitForOutput("delivered");
    running.process.kill("SIGTERM");
    const { status, stderr, stdout } = await running.ended;
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`^ *${server.port} +open +127\\.0\\.0\\.1$`, "m"));
    assert.match(stderr, /Scanned: its own addresses 127\.0\.0\.1, ::1/);
    const [report] = readdirSync(path.join(folder.path, "reports"));
    assert.match(
      readFileSync(path.join(folder.path, "reports", report ?? ""), "utf8"),
      new RegExp(`^- New host: 127\\.0\\.0\\.1, ports? .*\\b${server.port}\\b`, "m"),
    );
    const hosts = await harbinger(["hosts", "--json", "--port", String(server.port)], { directory: folder.path });
    assert.equal((JSON.parse(hosts.stdout) as { address: string }).address, "127.0.0.1");
    // Its own decoy is not a finding, and its own scan is not recorded.
    const decoy = await harbinger(["hosts", "--json", "--port", "1417"], { directory: folder.path });
    assert.equal(decoy.stdout, "");
    const visitors = await harbinger(["connections", "--json"], { directory: folder.path });
    assert.equal(visitors.stdout, "");
    const list = await harbinger(["reports", "--json"], { directory: folder.path });
    const { id } = JSON.parse(list.stdout.split("\n")[0] ?? "") as { id: number };
    const shown = await harbinger(["reports", "show", String(id)], { directory: folder.path });
    assert.match(shown.stdout, /This machine/);
    if (process.platform !== "win32") assert.equal(statSync(path.join(folder.path, "harbinger.db")).mode & 0o077, 0);
  });
});

describe("harbinger --mode standalone", () => {
  test("waits for the report time and ends immediately on SIGTERM", async () => {
    using folder = temporaryFolder();
    writeFileSync(path.join(folder.path, "harbinger.yaml"), "port_x: { port: 22, command: touch ran }\n");
    const running = startHarbinger(["--mode", "standalone"], { directory: folder.path });
    await running.waitForOutput("waiting for the next schedule");
    running.process.kill("SIGTERM");
    assert.equal((await running.ended).status, 0);
    assert.equal(existsSync(path.join(folder.path, "ran")), false);
  });

  test("runs a watch with its own schedule at its time, and stops a running scan within a second of SIGTERM", async () => {
    using folder = temporaryFolder();
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      "port_x: { port: 22, command: 'touch ran; sleep 60', schedule: '* * * * * *' }\n",
    );
    const running = startHarbinger(["--mode", "standalone"], { directory: folder.path });
    await running.waitForOutput("scan starts");
    const startedAt = performance.now();
    running.process.kill("SIGTERM");
    const { status } = await running.ended;
    assert.equal(status, 0);
    assert.equal(performance.now() - startedAt < 10_000, true);
  });
});

describe("harbinger listen", () => {
  test("shows each connection as a line and as JSON, and shuts down gracefully", async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    const running = startHarbinger(["listen", String(port), "--json", "--host", "127.0.0.1"], {
      directory: folder.path,
    });
    await running.waitForOutput("Listening on 127.0.0.1");
    await running.waitForOutput("Only this machine can connect");
    await send(port, "GET /wp-login.php HTTP/1.1\r\nHost: decoy.example\r\nUser-Agent: probe\r\n\r\n");
    await running.waitForOutput("wp-login");
    running.process.kill("SIGTERM");
    const { status, stdout } = await running.ended;
    assert.equal(status, 0);
    const seen = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(seen["protocol"], "http");
    assert.equal(seen["bytes"], 70);
    assert.deepEqual(seen["local"], { address: "127.0.0.1", port });
    assert.deepEqual(seen["http"], {
      method: "GET",
      path: "/wp-login.php",
      host: "decoy.example",
      userAgent: "probe",
      version: "1.1",
    });
    assert.equal((seen["peer"] as { address: string }).address, "127.0.0.1");
    assert.deepEqual(readdirSync(folder.path), [], "nothing is stored");
  });

  test("also accepts the port as part of the address", async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    const running = startHarbinger(["listen", "--host", "127.0.0.1", String(port)], { directory: folder.path });
    await running.waitForOutput(`Listening on 127.0.0.1:${port}; Ctrl-C ends it.`);
    running.process.kill("SIGTERM");
    assert.equal((await running.ended).status, 0);
  });

  test("requires a port if only addresses are given", async () => {
    using folder = temporaryFolder();
    const { status, stderr } = await harbinger(["listen", "--host", "127.0.0.1"], { directory: folder.path });
    assert.equal(status, 2);
    assert.match(stderr, /no port given\nExample: harbinger listen 8080/);
  });

  test("names a port that is in use, and what to do", async () => {
    using folder = temporaryFolder();
    await using taken = await openPort("127.0.0.1");
    const { status, stderr } = await harbinger(["listen", String(taken.port), "--host", "127.0.0.1"], {
      directory: folder.path,
    });
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`another program already listens on port ${taken.port}`));
  });
});

describe("harbinger run with a decoy", () => {
  test("scans and listens on the other ports if one port is in use, reports that, and ends with status 1", async () => {
    using folder = temporaryFolder();
    await using taken = await openPort("127.0.0.1");
    const port = await freePort();
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `listeners: { decoy: { host: 127.0.0.1, ports: [${taken.port}, ${port}] } }
watches: { here: { targets: 127.0.0.1, ports: ${taken.port}, schedule: "0 0 1 1 *" } }
`,
    );
    const running = startHarbinger(["run"], { directory: folder.path });
    await running.waitForOutput(
      new RegExp(`cannot open a decoy: .*another program already listens on port ${taken.port}`),
    );
    await running.waitForOutput("scan complete");
    await send(port, "GET / HTTP/1.0\r\n\r\n");
    running.process.kill("SIGTERM");
    const { status, stderr } = await running.ended;
    assert.equal(status, 1);
    assert.doesNotMatch(stderr, /TimeoutNegativeWarning/);
  });

  test("records connections and sends one alert by mail for each address", async () => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start();
    const port = await freePort();
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `listeners: { decoy: { host: 127.0.0.1, ports: ${port} } }
alerts: { email: me@example.org, ignore: { loopback: false }, summary: false }
email: { smtp_server: 127.0.0.1, smtp_port: ${mail.port}, use_tls: false, from_address: harbinger@example.org }
`,
    );
    const running = startHarbinger(["run"], { directory: folder.path });
    await running.waitForOutput("listening");
    for (const path of ["/one", "/two", "/three"]) await send(port, `GET ${path} HTTP/1.0\r\n\r\n`);
    await mail.until((server) => server.accepted.length >= 1);
    await running.waitForOutput(/(?:"protocol":"http".*){3}/s);
    running.process.kill("SIGTERM");
    assert.equal((await running.ended).status, 0);
    assert.deepEqual(
      mail.accepted.map((received) => [received.to, received.mail.subject]),
      [[["me@example.org"], `127.0.0.1 knocked on port ${port} (GET /one)`]],
    );
    assert.match(String(mail.accepted[0]?.mail.html), /<h1[^>]*>127\.0\.0\.1 knocked on port \d+ \(GET \/one\)<\/h1>/);
    assert.match(mail.accepted[0]?.mail.text ?? "", /^Peer IP: 127\.0\.0\.1$.*^HTTP: GET \/one/ms);
    const wrong = await harbinger(["connections", "--protocol", "sssh"], { directory: folder.path });
    assert.deepEqual([wrong.status, /Did you mean "ssh"\?/.test(wrong.stderr)], [2, true]);
    const filters = [
      "--since",
      "1d",
      "--peer",
      "127.0.0.0/8",
      "--port",
      String(port),
      "--protocol",
      "http",
      "--limit",
      "2",
    ];
    const two = await harbinger(["connections", "--json", ...filters], { directory: folder.path });
    assert.equal(two.stdout.trim().split("\n").length, 2);
    const { stdout } = await harbinger(["connections", "--json"], { directory: folder.path });
    const paths = stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { http: { path: string } }).http.path);
    assert.deepEqual(paths, ["/three", "/two", "/one"]);
  });

  test("shows times in the configured zone in mails and lists, and reads them so, unless TZ is set", async () => {
    using folder = temporaryFolder();
    await using mail = await MailServer.start();
    const port = await freePort();
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `standalone: { time_zone: Asia/Tokyo }
listeners: { decoy: { host: 127.0.0.1, ports: ${port} } }
alerts: { email: me@example.org, ignore: { loopback: false }, summary: false }
email: { smtp_server: 127.0.0.1, smtp_port: ${mail.port}, use_tls: false, from_address: harbinger@example.org }
`,
    );
    const settings = { directory: folder.path, environment: { TZ: undefined } };
    const running = startHarbinger(["run"], settings);
    await running.waitForOutput("listening");
    await send(port, "GET /one HTTP/1.0\r\n\r\n");
    await mail.until((server) => server.accepted.length >= 1);
    running.process.kill("SIGTERM");
    assert.equal((await running.ended).status, 0);
    const { stdout } = await harbinger(["connections", "--json"], settings);
    const at = Date.parse((JSON.parse(stdout) as { time: string }).time);
    const wall = (hours: number) => new Date(at + hours * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
    assert.ok(mail.accepted[0]?.mail.text?.includes(`${wall(9)} +09:00`), mail.accepted[0]?.mail.text);
    const list = async (...words: string[]) => (await harbinger(["connections", ...words], settings)).stdout;
    assert.ok((await list()).includes(wall(9)));
    assert.ok((await list("--since", wall(9))).includes(wall(9)));
    assert.equal(await list("--until", wall(9)), "");
    const utc = await harbinger(["connections"], { ...settings, environment: { TZ: "UTC" } });
    assert.ok(utc.stdout.includes(wall(0)), utc.stdout);
    const report = await harbinger(["report", "--html", "-", "--since", "1d"], settings);
    assert.ok(report.stdout.includes("Asia/Tokyo"), report.stdout.slice(0, 2000));
  });
});

describe("harbinger doctor", () => {
  test("reports a missing database that decoys need", async () => {
    using folder = temporaryFolder();
    const text = `listeners: { decoy: { ports: 1417 } }
notify: { ntfy: { topic: t } }
enrich: { geoip: { city_database: missing.mmdb } }
`;
    writeFileSync(path.join(folder.path, "harbinger.yaml"), text);
    const { stdout } = await harbinger(["doctor"], { directory: folder.path });
    assert.match(stdout, /^warning +city database: missing\.mmdb: missing$/m);
  });

  test("names the port of a decoy that cannot be opened, and ends with status 1", async () => {
    using folder = temporaryFolder();
    await using taken = await openPort("127.0.0.1");
    const free = await freePort();
    const text = `listeners: { decoy: { host: 127.0.0.1, ports: [${taken.port}, ${free}] } }\n`;
    writeFileSync(path.join(folder.path, "harbinger.yaml"), text);
    const { status, stdout } = await harbinger(["doctor"], { directory: folder.path });
    assert.equal(status, 1);
    assert.match(
      stdout.replaceAll(/\s+/g, " "),
      new RegExp(`bad listener decoy: another program already listens on port ${taken.port} on 127.0.0.1 `),
    );
  });
});

describe("harbinger run with rotated log files", () => {
  test("writes every connection as a line of JSON, and continues in new files", {
    skip: process.platform === "win32",
  }, async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    const file = (name: string) => path.join(folder.path, name);
    writeFileSync(
      file("harbinger.yaml"),
      `listeners: { decoy: { host: 127.0.0.1, ports: ${port} } }
logging: { connections: knocks.jsonl }
enrich: { rdns: { enabled: false } }
`,
    );
    const running = startHarbinger(["run"], { directory: folder.path });
    await running.waitForOutput("listening");
    await send(port, "GET /one HTTP/1.0\r\n\r\n");
    await running.waitForOutput(/"protocol":"http"/);
    while (!contentOf(file("knocks.jsonl")).endsWith("\n")) await new Promise((resolve) => setImmediate(resolve));
    for (const name of ["harbinger.log", "knocks.jsonl"]) renameSync(file(name), file(`${name}.1`));
    running.process.kill("SIGHUP");
    await running.waitForOutput("reopened");
    await send(port, "GET /two HTTP/1.0\r\n\r\n");
    await running.waitForOutput(/(?:"protocol":"http".*){2}/s);
    running.process.kill("SIGTERM");
    assert.equal((await running.ended).status, 0);

    const { stdout } = await harbinger(["connections", "--json"], { directory: folder.path });
    const [second, first] = stdout.trim().split("\n").map(withoutOrigin);
    assert.deepEqual(contentOf(file("knocks.jsonl.1")).trim().split("\n").map(withoutOrigin), [first]);
    assert.deepEqual(contentOf(file("knocks.jsonl")).trim().split("\n").map(withoutOrigin), [second]);
    assert.match(contentOf(file("harbinger.log.1")), /"msg":"listening"/);
    assert.match(contentOf(file("harbinger.log")), /reopened.*"msg":"connection"/s);
  });
});

function contentOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** A line of the contract; details of a peer may be added later. */
function withoutOrigin(line: string): unknown {
  const { origin: _, ...rest }: Record<string, unknown> = JSON.parse(line);
  return rest;
}

/** Sends something to a decoy, and waits until it closes. */
async function send(port: number, text: string): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(text);
  socket.resume();
  await once(socket, "close");
}

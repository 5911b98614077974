import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { refusedPort, runCheck, silentServer, talking } from "./run-check.ts";

test("harbinger check: the documented outputs and exit statuses", async () => {
  using folder = temporaryFolder();
  await using silent = await silentServer();
  const check = (...args: string[]) => harbinger(["check", ...args], { directory: folder.path });
  const open = await check("port", "127.0.0.1", String(silent.port));
  assert.deepEqual([open.status, open.stdout], [0, "port is open\n"]);
  const closed = await check("port", `127.0.0.1:${await refusedPort()}`);
  assert.deepEqual([closed.status, closed.stdout], [1, "port is closed\n"]);
  const tls = await check("tls", "127.0.0.1", String(silent.port), "--timeout", "3", "--json");
  assert.equal(tls.status, 1);
  const { check: name, passed, facts } = JSON.parse(tls.stdout) as Record<string, unknown>;
  assert.deepEqual([name, passed], ["tls", false]);
  assert.deepEqual(facts, { tls: false, reason: "no answer to the TLS handshake in time" });
});

test("harbinger check: wrong usage is reported, and the list shows all checks", async () => {
  using folder = temporaryFolder();
  const check = (...args: string[]) => harbinger(["check", ...args], { directory: folder.path });
  const [unknown, outside, wrong, list, help] = await Promise.all([
    check("nope", "127.0.0.1", "1"),
    check("port", "192.0.2.1", "80"),
    check("tls", "127.0.0.1", "80", "--nope"),
    check("--list"),
    check("tls", "--help"),
  ]);
  assert.deepEqual([unknown.status, outside.status, wrong.status, list.status, help.status], [2, 2, 2, 0, 0]);
  assert.match(unknown.stderr, /no check "nope"/);
  assert.match(outside.stderr, /192\.0\.2\.1 is outside the private networks/);
  assert.match(wrong.stderr, /unknown option --nope/);
  const refused = await Promise.all([
    check("tls", "127.0.0.1", "80", "--starttls", "gopher"),
    check("http", "127.0.0.1", "80", "--follow", "many"),
    check("exposure", "127.0.0.1", "80", "--service", "nope"),
    check("port", "127.0.0.1"),
    check("kafka", "127.0.0.1:99999"),
  ]);
  for (const result of refused) assert.deepEqual([result.status, result.stdout], [2, ""], result.stderr);
  for (const name of ["port", "tls", "http", "cert", "service", "exposure", "kafka"]) {
    assert.match(list.stdout, new RegExp(`^${name} `, "m"));
  }
  for (const service of ["redis", "kafka", "hazelcast", "rabbitmq-management", "zipkin"]) {
    assert.match(list.stdout, new RegExp(`^${service} .*\\d+ +exposed$`, "m"));
  }
  assert.match(help.stdout, /--starttls <protocol>/);
});

test("harbinger check: each service is a check under each of its names, with a default port", async () => {
  using folder = temporaryFolder();
  const redis = (socket: Socket) => {
    socket.on("data", (data) => {
      const request = data.toString("latin1");
      if (/PING/i.test(request)) socket.write("+PONG\r\n");
      else socket.end("-ERR unknown command\r\n");
    });
  };
  await using open = await talking(redis);
  const closed = await refusedPort();
  const check = (...args: string[]) => harbinger(["check", ...args], { directory: folder.path });
  const [exposed, json, alias, refused, help, page, list, typo] = await Promise.all([
    check("redis", "127.0.0.1", String(open.port)),
    check("redis", `127.0.0.1:${open.port}`, "--json"),
    check("rabbitmq-web", `127.0.0.1:${open.port}`),
    check("redis", "127.0.0.1", String(closed)),
    check("rabbitmq-web", "--help"),
    check("--help"),
    check("--list"),
    check("reddis", "127.0.0.1"),
  ]);
  assert.equal(exposed.status, 0, exposed.stderr);
  assert.match(exposed.stdout, /^exposed: Redis: /);
  const { check: name, verdict, facts } = JSON.parse(json.stdout) as Record<string, unknown>;
  assert.deepEqual([name, verdict], ["exposure", "exposed"]);
  assert.equal((facts as Record<string, unknown>)["service"], "redis");
  assert.match(alias.stdout, /^inconclusive: [^\n]*, asked as RabbitMQ\n/);
  assert.deepEqual([alias.status, refused.status, refused.stdout], [1, 1, "port is closed\n"]);
  assert.match(help.stdout, /^Usage: harbinger check rabbitmq-web HOST \[PORT\][\s\S]*default port: 15672\n/);
  assert.match(
    help.stdout,
    /passes where the service can be used without\s+authentication[\s\S]*where it\s+is\s+protected/,
  );
  assert.match(page.stdout, /Checks: port, tls, http, cert, kafka, exposure, service\.\n[\s\S]*rabbitmq-web/);
  assert.match(list.stdout, /^rabbitmq-web +rabbitmq-management +15672$/m);
  assert.equal(typo.status, 2);
  assert.match(typo.stderr, /there is no check "reddis"\nDid you mean redis\?/);
});

test("harbinger check --script: arguments, output and exit status are those of the earlier tool's script", async () => {
  using folder = temporaryFolder();
  await using silent = await silentServer();
  const script = (file: string, ...args: string[]) =>
    harbinger(["check", "--allow", "0.0.0.0/0,::/0", "--script", file, "--", ...args], { directory: folder.path });
  await using plain = await talking((socket) => socket.end("-ERR unknown command\r\n"));
  const closed = await refusedPort();
  const noTls = await script("redis.py", "--tls", "127.0.0.1", String(plain.port));
  assert.match(noTls.stdout, /^TLS connection failed\ninconclusive: TLS not detected, asked as Redis\n$/);
  const [python, shell, helper, badPort, usage, outside, unknown] = await Promise.all([
    script("redis.py", "-t", `127.0.0.1:${closed}`),
    script("redis.sh", "127.0.0.1", String(closed)),
    script("port_check.py", "127.0.0.1", String(closed)),
    script("nats.py", "127.0.0.1", "x"),
    script("nats.py"),
    harbinger(["check", "--script", "nats.py", "--", "192.0.2.1"], { directory: folder.path }),
    script("port_check.sh", "127.0.0.1", String(silent.port)),
  ]);
  assert.equal(python.stdout.split("\n")[0], "TLS connection failed");
  assert.equal(python.stderr, `Testing 127.0.0.1:${closed} - TLS only...\n`);
  assert.equal(shell.stdout, `Checking port ${closed} on 127.0.0.1...\nport is closed\n`);
  assert.equal(helper.stdout, "port is closed\n");
  assert.deepEqual([python.status, shell.status, helper.status, badPort.status, usage.status], [0, 0, 1, 1, 2]);
  assert.match(badPort.stderr, /"x" is not a port/);
  assert.match(outside.stderr, /192\.0\.2\.1 is outside the private networks/);
  assert.deepEqual([outside.status, unknown.status], [2, 2]);
});

test("harbinger check: every check takes names and IPv6 addresses, and answers in JSON", async (t) => {
  using folder = temporaryFolder();
  const page = (socket: Socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nServer: test/1.0\r\nContent-Length: 2\r\n\r\nhi"));
  };
  await using four = await talking(page);
  let six: Awaited<ReturnType<typeof talking>>;
  try {
    six = await talking(page, "::1");
  } catch {
    t.skip("this machine has no IPv6 on its loopback");
    return;
  }
  await using server = six;
  const passing = new Set(["port", "http", "service"]);
  const names = ["port", "tls", "http", "cert", "service", "exposure", "kafka"];
  const hosts = [
    ["localhost", four.port],
    ["::1", server.port],
    ["[::1]", server.port],
  ] as const;
  await Promise.all(
    names.flatMap((name) =>
      hosts.map(async ([host, port]) => {
        const result = await runCheck(name, port, { host, directory: folder.path });
        assert.equal(result.passed, passing.has(name), `${name} ${host} ${result.output}`);
      }),
    ),
  );
  const forms = [[`localhost:${four.port}`], ["::1", String(server.port)], [`[::1]:${server.port}`]];
  const answers = await Promise.all(
    names.map(async (name, index) => {
      const form = forms[index % forms.length] ?? [];
      return [name, await harbinger(["check", name, ...form, "--json"], { directory: folder.path })] as const;
    }),
  );
  for (const [name, { status, stdout, stderr }] of answers) {
    assert.equal(stderr, "");
    const printed: unknown = JSON.parse(stdout);
    assert.ok(typeof printed === "object" && printed !== null);
    const { check, port, passed, output, facts } = printed as Record<string, unknown>;
    assert.deepEqual([check, passed, status], [name, passing.has(name), passing.has(name) ? 0 : 1], stdout);
    assert.ok([four.port, server.port].includes(Number(port)));
    assert.deepEqual([typeof output, typeof facts], ["string", "object"]);
  }
});

test("harbinger check: an excluded host is never probed", async () => {
  using folder = temporaryFolder();
  writeFileSync(path.join(folder.path, "harbinger.yaml"), "scope: { exclude: [127.0.0.9] }\n");
  const result = await harbinger(["check", "port", "127.0.0.9", "80"], { directory: folder.path });
  assert.equal(result.status, 2);
  assert.match(result.stderr, /127\.0\.0\.9 is excluded/);
});

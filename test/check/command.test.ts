import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { refusedPort, runCheck, silentServer, talking } from "./run-check.ts";

test("harbinger check: the documented words and exit statuses", async () => {
  using folder = temporaryFolder();
  await using silent = await silentServer();
  const check = (...args: string[]) => harbinger(["check", ...args], { directory: folder.path });
  const open = await check("port", "127.0.0.1", String(silent.port));
  assert.deepEqual([open.status, open.stdout], [0, "port is open\n"]);
  const closed = await check("port", `127.0.0.1:${await refusedPort()}`);
  assert.deepEqual([closed.status, closed.stdout], [1, "port is closed\n"]);
  const tls = await check("tls", "127.0.0.1", String(silent.port), "--timeout", "0.3", "--json");
  assert.equal(tls.status, 1);
  const { check: name, passed, facts } = JSON.parse(tls.stdout) as Record<string, unknown>;
  assert.deepEqual([name, passed], ["tls", false]);
  assert.deepEqual(facts, { tls: false, reason: "no answer to the TLS handshake in time" });
});

test("harbinger check: wrong calls are told, and the list shows what there is", async () => {
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
  assert.match(wrong.stderr, /no option --nope/);
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
  for (const name of names) {
    for (const [host, port] of [
      ["localhost", four.port],
      ["::1", server.port],
      ["[::1]", server.port],
    ] as const) {
      const result = await runCheck(name, port, { host, directory: folder.path });
      assert.equal(result.passed, passing.has(name), `${name} ${host} ${result.output}`);
    }
  }
  const forms = [[`localhost:${four.port}`], ["::1", String(server.port)], [`[::1]:${server.port}`]];
  const answers = await Promise.all(
    names.map(async (name, index) => {
      const form = forms[index % forms.length] ?? [];
      return [name, await harbinger(["check", name, ...form, "--json"], { directory: folder.path })] as const;
    }),
  );
  for (const [name, { status, stdout, stderr }] of answers) {
    assert.equal(stderr, "");
    const said: unknown = JSON.parse(stdout);
    assert.ok(typeof said === "object" && said !== null);
    const { check, port, passed, output, facts } = said as Record<string, unknown>;
    assert.deepEqual([check, passed, status], [name, passing.has(name), passing.has(name) ? 0 : 1], stdout);
    assert.ok([four.port, server.port].includes(Number(port)));
    assert.deepEqual([typeof output, typeof facts], ["string", "object"]);
  }
});

test("harbinger check: what is excluded is never asked", async () => {
  using folder = temporaryFolder();
  writeFileSync(path.join(folder.path, "harbinger.yaml"), "scope: { exclude: [127.0.0.9] }\n");
  const result = await harbinger(["check", "port", "127.0.0.9", "80"], { directory: folder.path });
  assert.equal(result.status, 2);
  assert.match(result.stderr, /127\.0\.0\.9 is excluded/);
});

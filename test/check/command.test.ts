import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { refusedPort, silentServer } from "./run-check.ts";

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
  for (const name of ["port", "tls", "http", "cert", "service", "exposure", "kafka"]) {
    assert.match(list.stdout, new RegExp(`^${name} `, "m"));
  }
  for (const service of ["redis", "kafka", "hazelcast", "rabbitmq-management", "zipkin"]) {
    assert.match(list.stdout, new RegExp(`^${service} .*\\d+ +exposed$`, "m"));
  }
  assert.match(help.stdout, /--starttls <protocol>/);
});

test("harbinger check: what is excluded is never asked", async () => {
  using folder = temporaryFolder();
  writeFileSync(path.join(folder.path, "harbinger.yaml"), "scope: { exclude: [127.0.0.9] }\n");
  const result = await harbinger(["check", "port", "127.0.0.9", "80"], { directory: folder.path });
  assert.equal(result.status, 2);
  assert.match(result.stderr, /127\.0\.0\.9 is excluded/);
});

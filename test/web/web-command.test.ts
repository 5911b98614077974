import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { test } from "node:test";
import { isPasswordOf, type PasswordHash } from "../../src/web/access/password-hash.ts";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { launcherOf } from "../harness/launchers.ts";
import { onTerminal, whyNoTerminal } from "../harness/terminal.ts";

test("web password hashes the first line of a pipe", async () => {
  using folder = temporaryFolder();
  const run = (input: string, ...args: readonly string[]) =>
    harbinger(["web", "password", ...args], { directory: folder.path, input });
  const { status, stdout, stderr } = await run("correct horse\r\nsecond line\n");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^\$scrypt\$[^\n]+\n$/);
  assert.ok(await isPasswordOf(stdout.trim() as PasswordHash, "correct horse"));
  assert.match(stderr, /users:/);
  assert.doesNotMatch(stdout + stderr, /correct horse/);
  const short = await run("short\n");
  assert.equal(short.status, 2);
  assert.match(short.stderr, /at least 8 characters/);
  assert.equal((await run("")).status, 2);
});

test("web password asks twice on a terminal, without showing the password", { skip: whyNoTerminal() }, async () => {
  using folder = temporaryFolder();
  using terminal = onTerminal([process.execPath, launcherOf("harbinger"), "web", "password"], {
    directory: folder.path,
  });
  await terminal.shows("Password");
  terminal.type("correct horse\r");
  await terminal.shows("again");
  terminal.type("wrong horse\r");
  await terminal.shows("another password");
  terminal.type(`${"\u007f".repeat(11)}correct horse\r`);
  const { status, shown } = await terminal.ended;
  assert.equal(status, 0, shown);
  assert.match(shown, /\$scrypt\$/);
  assert.doesNotMatch(shown, /horse/);
});

test("web token prints another random token each time", async () => {
  using folder = temporaryFolder();
  const make = () => harbinger(["web", "token", "--quiet"], { directory: folder.path });
  const [one, other] = [await make(), await make()];
  assert.match(one.stdout, /^[\w-]{43}\n$/);
  assert.notEqual(one.stdout, other.stdout);
});

test("doctor reports whether the pages answer, and who else uses their port", async () => {
  using folder = temporaryFolder();
  const port = await freePort();
  const environment = { HARBINGER_WEB_LISTEN: `127.0.0.1:${port}` };
  const options = { directory: folder.path, environment };
  const watch = '{ targets: 127.0.0.1, ports: 1, schedule: "0 4 1 1 *" }';
  writeFileSync(path.join(folder.path, "harbinger.yaml"), `watches: { a: ${watch} }\n`);
  const findings = async () => (await harbinger(["doctor"], options)).stdout;
  assert.match(await findings(), new RegExp(`ok +web: port 127\\.0\\.0\\.1:${port} can be opened`));
  const running = startHarbinger(["run"], options);
  await running.waitForOutput("serving the pages");
  assert.match(await findings(), new RegExp(`ok +web: the pages answer at http://127\\.0\\.0\\.1:${port}/`));
  running.process.kill("SIGTERM");
  await running.ended;
  const other = http.createServer((_request, response) => response.writeHead(404).end()).listen(port, "127.0.0.1");
  await once(other, "listening");
  assert.match(await findings(), /bad +web: another program uses 127\.0\.0\.1:\d+, or the pages do not work: 404/);
  other.close();
});

test("config check rejects a certificate that cannot be served, and warns of passwords in plain text", async () => {
  using folder = temporaryFolder();
  const check = async (text: string) => {
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `${text}\nwatches: { a: { targets: 127.0.0.1, ports: 1 } }\n`,
    );
    return await harbinger(["config", "check"], {
      directory: folder.path,
      environment: { HARBINGER_WEB_LISTEN: undefined },
    });
  };
  const missing = await check("web: { tls: { certificate: web.pem, key: web.key } }");
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /harbinger\.yaml:1:\d+: web\.tls\.certificate: this file cannot be read \(ENOENT\)/);
  assert.match(missing.stderr, /web\.tls\.key: this file cannot be read/);
  writeFileSync(path.join(folder.path, "web.pem"), "x");
  writeFileSync(path.join(folder.path, "web.key"), "y");
  const wrong = await check("web: { tls: { certificate: web.pem, key: web.key } }");
  assert.match(wrong.stderr, /web\.tls\.certificate: this file contains no certificate in PEM format/);
  const tokens = 'tokens: { a: { token: "0123456789abcdefghij" } }';
  const plain = await check(`web: { listen: "0.0.0.0:8417", ${tokens} }`);
  assert.equal(plain.status, 0, plain.stderr);
  assert.match(plain.stderr, /Warning: .*web\.listen: other machines reach 0\.0\.0\.0, and without web\.tls/);
  const proxied = await check(
    `web: { listen: "0.0.0.0:8417", ${tokens}, trusted_proxies: [10.0.0.1], hosts: [a.example] }`,
  );
  assert.doesNotMatch(proxied.stderr, /Warning/);
  const open = await check("web: { trusted_proxies: [10.0.0.1], hosts: [a.example] }");
  assert.match(open.stderr, /Warning: .*web\.trusted_proxies: everybody who reaches the proxy may do everything/);
});

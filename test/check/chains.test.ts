import assert from "node:assert/strict";
import { readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { type Address, parseAddress } from "../../src/core/address.ts";
import { runCommandLineWithChecks } from "../../src/outbound/check/post-command/command-line-with-checks.ts";
import { PostCommandRunner, type RunCommandLine } from "../../src/outbound/check/post-command/post-command-runner.ts";
import { createChecks } from "../../src/outbound/check/registry.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { CertificateWorkshop, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { type Nginx, startNginx, whyNoNginx } from "../harness/nginx.ts";
import { refusedPort, silentServer, talking } from "./run-check.ts";

/** The chains of the earlier tool's document, as they stand there. */
const chains = {
  port: "python post_command/port_check.py {host} {port}",
  http: "python post_command/port_check.py {host} {port} && python post_command/http_check.py {host} {port}",
  https:
    "python post_command/port_check.py {host} {port} && python post_command/tls_check.py {host} {port} && python post_command/http_check.py {host} {port} https",
  webApp:
    "python post_command/port_check.py {host} {port} && python post_command/http_check.py {host} {port} http /api/status",
  curl: "python post_command/port_check.py {host} {port} && (python post_command/tls_check.py {host} {port} && curl -k -I https://{host} || curl -I http://{host})",
  certificate:
    "python post_command/port_check.py {host} {port} && python post_command/tls_check.py {host} {port} && python post_command/cert_collector.py {host} {port}",
} as const;

const missing =
  whyNoOpenssl() ?? whyNoNginx() ?? (process.platform === "win32" ? "the chains are for a POSIX shell" : undefined);
const real = missing === undefined ? {} : { skip: missing };
const workshop = missing === undefined ? new CertificateWorkshop() : undefined;
const folder = temporaryFolder();
let nginx: Nginx;
before(async () => {
  // The only program on the search path of these tests.
  symlinkSync("/bin/sh", path.join(folder.path, "sh"));
  if (workshop !== undefined) nginx = await startNginx(workshop.issue());
});
after(async () => {
  await nginx?.[Symbol.asyncDispose]();
  workshop?.[Symbol.dispose]();
  folder[Symbol.dispose]();
});

function loopback(text: string): Address {
  const address = parseAddress(text);
  assert.ok(address !== undefined);
  return address;
}

const bare: RunCommandLine = (line, options) =>
  runCommandLineWithChecks({
    checks: createChecks({ directory: folder.path, clock: systemClock }),
    directory: folder.path,
  })(line, { ...options, directory: folder.path, environment: { PATH: folder.path } });

/** The exit status and both streams. */
async function outcome(chain: keyof typeof chains, port: number) {
  const line = chains[chain].replaceAll("{host}", "127.0.0.1").replaceAll("{port}", String(port));
  const ended = await bare(line, { timeoutMs: 60_000, outputLimit: 64 * 1024 });
  assert.equal(ended.kind, "exited");
  return { ...ended, code: ended.kind === "exited" ? ended.code : undefined };
}

test("a refused port ends every chain", real, async () => {
  const port = await refusedPort();
  for (const chain of ["port", "http", "https", "webApp", "certificate"] as const) {
    const { code, stdout } = await outcome(chain, port);
    assert.deepEqual([code, stdout], [1, "port is closed\n"], chain);
  }
});

test("nginx without TLS", real, async () => {
  assert.deepEqual((await outcome("port", nginx.port)).stdout, "port is open\n");
  const page = await outcome("http", nginx.port);
  assert.equal(page.code, 0);
  assert.match(page.stdout, /^port is open\nHTTP\/1\.1 200 OK\n[\s\S]*Hello &amp; welcome/);
  const app = await outcome("webApp", nginx.port);
  assert.match(app.stdout, /all is well\n$/);
  for (const chain of ["https", "certificate"] as const) {
    const { code, stdout } = await outcome(chain, nginx.port);
    assert.deepEqual([code, stdout], [1, "port is open\nTLS not detected\n"], chain);
  }
});

test("nginx with TLS, and its certificate", real, async () => {
  const page = await outcome("https", nginx.tlsPort);
  assert.equal(page.code, 0);
  assert.match(page.stdout, /^port is open\nTLS detected\nHTTP\/1\.1 200 OK\n/);
  const kept = await outcome("certificate", nginx.tlsPort);
  assert.equal(kept.code, 0);
  assert.match(
    kept.stdout,
    /^port is open\nTLS detected\n1 certificate saved to ca_certs\/127\.0\.0\.1-truststore\.pem\n/,
  );
  assert.match(readFileSync(path.join(folder.path, "ca_certs/127.0.0.1-truststore.pem"), "utf8"), /^-----BEGIN/);
});

test("other programs of a chain are the shell's to find", real, async () => {
  const { code, stderr, stdout } = await outcome("curl", nginx.tlsPort);
  assert.equal(stdout, "port is open\nTLS detected\n");
  assert.equal(code, 127);
  assert.equal(stderr.match(/curl: /g)?.length, 2, stderr);
});

test("a silent port is open, and neither TLS nor HTTP", real, async () => {
  await using silent = await silentServer();
  const { code, stdout } = await outcome("https", silent.port);
  assert.deepEqual([code, stdout], [1, "port is open\nTLS not detected\n"]);
});

test("a service that speaks first is no TLS", real, async () => {
  await using ssh = await talking((socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"));
  assert.deepEqual((await outcome("https", ssh.port)).stdout, "port is open\nTLS not detected\n");
});

test("many hosts at once, one of them a tarpit: each has its own evidence", real, async () => {
  await using silent = await silentServer("127.0.0.1");
  const requests = Array.from({ length: 30 }, (_, id) => ({
    id,
    host: loopback("127.0.0.1"),
    port: id === 7 ? silent.port : nginx.tlsPort,
  }));
  const evidence = new Map<number, string>();
  await new PostCommandRunner({ parallel: 16, runCommandLine: bare }).run(
    requests,
    `${chains.https} || python post_command/http_check.py {host} {port} --timeout 1`,
    (result) => {
      evidence.set(result.id, result.evidence);
    },
    new AbortController().signal,
  );
  assert.equal(evidence.size, 30);
  const last = [...evidence.keys()].at(-1);
  assert.equal(last, 7);
  for (const [id, text] of evidence) {
    assert.match(text, id === 7 ? /port is open\nTLS not detected\nno HTTP response/ : /TLS detected\nHTTP\/1\.1 200/);
  }
});

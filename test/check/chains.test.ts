import assert from "node:assert/strict";
import { readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import pMap from "p-map";
import { type Address, parseAddress } from "../../src/core/address.ts";
import { runCommandLineWithChecks } from "../../src/outbound/check/post-command/command-line-with-checks.ts";
import { createPostCommand, type RunCommandLine } from "../../src/outbound/check/post-command/post-command.ts";
import { createChecks } from "../../src/outbound/check/registry.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { sshd } from "../check-servers/plans/desktops.ts";
import { redis } from "../check-servers/plans/stores.ts";
import { missing, startServer } from "../check-servers/real-server.ts";
import { CertificateWorkshop, type IssuedCertificate, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { type Nginx, startNginx, whyNoNginx } from "../harness/nginx.ts";
import { inFrontOf, kafkaBroker } from "./kafka-broker.ts";
import { refusedPort, silentServer, unacceptedPort } from "./run-check.ts";
import { chains, mixedChains } from "./seed-chains.ts";

const notPosix = process.platform === "win32" ? "the chains are for a POSIX shell" : undefined;
const absent = whyNoOpenssl() ?? whyNoNginx() ?? notPosix;
const real = absent === undefined ? {} : { skip: absent };
const workshop = absent === undefined ? new CertificateWorkshop() : undefined;
const folder = temporaryFolder();
let nginx: Nginx;
let certificate: IssuedCertificate;
before(async () => {
  // The only program on the search path of these tests.
  symlinkSync("/bin/sh", path.join(folder.path, "sh"));
  if (workshop === undefined) return;
  certificate = workshop.issue();
  nginx = await startNginx(certificate);
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
async function outcome(chain: string, port: number, host = "127.0.0.1") {
  const line = chain.replaceAll("{host}", host).replaceAll("{port}", String(port));
  const ended = await bare(line, { timeoutMs: 60_000, outputLimit: 64 * 1024 });
  assert.equal(ended.kind, "exited");
  return { ...ended, code: ended.kind === "exited" ? ended.code : undefined };
}

/** What each chain must print, first to last, and its exit status. */
type Expectations = Readonly<Record<keyof typeof chains, readonly [code: number, stdout: RegExp]>>;

/** Without the lines that the earlier tool's scripts write to standard error before their requests. */
const withoutProgress = (text: string) => text.replace(/^Testing \S+ - (?:Plain connection|TLS only)\.\.\.\n/gm, "");

/** All at once, because some only wait; the one that leaves a certificate behind comes last. */
async function expectAll(port: number, { certificate: last, ...expectations }: Expectations) {
  const expectOne = async (chain: string, [code, stdout]: Expectations["http"]) => {
    const ended = await outcome(chain, port);
    assert.match(ended.stdout, stdout, chain);
    assert.deepEqual([ended.code, withoutProgress(ended.stderr)], [code, ""], `${chain}: ${ended.stdout}`);
  };
  const { http, https, webApp, kafka, kafkaAlone } = expectations;
  await Promise.all([
    expectOne(chains.http, http),
    expectOne(chains.https, https),
    expectOne(chains.webApp, webApp),
    expectOne(chains.kafka, kafka),
    expectOne(chains.kafkaAlone, kafkaAlone),
  ]);
  await expectOne(chains.certificate, last);
}

const page = String.raw`HTTP/1\.1 200 OK\n[\s\S]*Hello &amp; welcome[\s\S]*`;
const noTls = /^port is open\nTLS not detected\n$/;
const noKafka = /^port is open\nTLS not detected\nNot a Kafka service\n$/;

test("a refused port ends every chain", real, async () => {
  const closed = [1, /^port is closed\n$/] as const;
  await expectAll(await refusedPort(), {
    http: closed,
    https: closed,
    webApp: closed,
    kafka: closed,
    kafkaAlone: [0, /^Connection refused - service not running\n$/],
    certificate: closed,
  });
});

test("nginx without TLS", real, async () => {
  await expectAll(nginx.port, {
    http: [0, new RegExp(`^port is open\\n${page}$`)],
    https: [1, noTls],
    webApp: [0, /^port is open\nHTTP\/1\.1 200 OK\n[\s\S]*\n\nall is well\n$/],
    kafka: [0, noKafka],
    kafkaAlone: [0, /^Not a Kafka service\n$/],
    certificate: [1, noTls],
  });
});

test("nginx with TLS, and its certificate", real, async () => {
  const kafkaByTls =
    /^port is open\nTLS detected\nTLS connection failed - self-signed certificate\nNot a Kafka service\n$/;
  const collected =
    /^port is open\nTLS detected\n1 certificate saved to ca_certs\/127\.0\.0\.1-truststore\.pem\n1\. [^\n]+\n[^\n]+\nNot a Kafka service\n$/;
  await expectAll(nginx.tlsPort, {
    http: [0, /^port is open\nHTTP\/1\.1 400 Bad Request\n/],
    https: [0, new RegExp(`^port is open\\nTLS detected\\n${page}\\[the certificate is not verified: [^\\n]+\\n$`)],
    webApp: [0, /^port is open\nHTTP\/1\.1 400 Bad Request\n/],
    kafka: [0, kafkaByTls],
    kafkaAlone: [0, /^Not a Kafka service\n$/],
    certificate: [1, collected],
  });
  assert.match(readFileSync(path.join(folder.path, "ca_certs/127.0.0.1-truststore.pem"), "utf8"), /^-----BEGIN/);
  const trusted = await outcome(chains.kafka, nginx.tlsPort);
  assert.equal(trusted.stdout, "port is open\nTLS detected\nNot a Kafka service\nNot a Kafka service\n");
});

test("a Kafka broker without TLS, and with TLS trusted by the collected truststore", real, async () => {
  await using broker = await kafkaBroker();
  const accessible = "Kafka is accessible without authentication: 1 broker, 1 topic\n[^\n]+\n[^\n]+\nVULNERABLE\n$";
  const plain = await outcome(chains.kafka, broker.port);
  assert.match(plain.stdout, new RegExp(`^port is open\\nTLS not detected\\n${accessible}`));
  assert.equal(plain.code, 0);
  const alone = await outcome(chains.kafkaAlone, broker.port);
  assert.match(alone.stdout, new RegExp(`^${accessible}`));
  assert.equal(alone.code, 0);
  await using secure = await inFrontOf(broker.port);
  const collected = await outcome(chains.certificate, secure.port);
  assert.match(
    collected.stdout,
    new RegExp(`^port is open\\nTLS detected\\n1 certificate saved[\\s\\S]*\\n${accessible}`),
  );
  assert.equal(collected.code, 0);
  const trusted = await outcome(chains.kafka, secure.port);
  assert.match(trusted.stdout, new RegExp(`^port is open\\nTLS detected\\n${accessible}`));
});

test("other programs of a chain run in the shell", real, async () => {
  const curl = await outcome(mixedChains.curl, nginx.tlsPort);
  assert.deepEqual([curl.code, curl.stdout], [127, "port is open\nTLS detected\n"]);
  assert.equal(curl.stderr.match(/curl: /g)?.length, 2, curl.stderr);
  const nmap = await outcome(mixedChains.nmap, nginx.port);
  assert.deepEqual([nmap.code, nmap.stdout], [127, "port is open\n"]);
  assert.equal((await outcome(mixedChains.nmap, await refusedPort())).stderr, "");
});

test("IPv6 addresses are checked without brackets", real, async (t) => {
  let six: Nginx;
  try {
    six = await startNginx(certificate, "::1");
  } catch {
    t.skip("this machine has no IPv6 on its loopback");
    return;
  }
  await using server = six;
  const seen = await outcome(chains.https, server.tlsPort, "::1");
  assert.deepEqual([seen.code, seen.stderr], [0, ""]);
  assert.match(seen.stdout, new RegExp(`^port is open\\nTLS detected\\n${page}`));
  const kept = await outcome(chains.certificate, server.tlsPort, "::1");
  assert.match(kept.stdout, /\n1 certificate saved to ca_certs\/__1-truststore\.pem\n/);
});

// None of them leaves a certificate behind, and all mostly wait.
describe("chains that wait", { concurrency: 4 }, () => {
  test("a port that never answers, and one that never accepts", real, async () => {
    const nothing: Expectations = {
      http: [1, /^port is open\nno HTTP response: no HTTP response in time\n$/],
      https: [1, noTls],
      webApp: [1, /^port is open\nno HTTP response: no HTTP response in time\n$/],
      kafka: [0, noKafka],
      kafkaAlone: [0, /^Not a Kafka service\n$/],
      certificate: [1, noTls],
    };
    await using silent = await silentServer();
    await using unaccepted = await unacceptedPort();
    await Promise.all([expectAll(silent.port, nothing), expectAll(unaccepted.port, nothing)]);
  });

  for (const [title, plan, expected] of [
    ["Redis", redis(), String.raw`(?:the answer is not HTTP: -ERR [^\n]+|the server closed the connection)`],
    ["OpenSSH", sshd, String.raw`the answer is not HTTP: SSH-2\.0-OpenSSH[^\n]*`],
  ] as const) {
    const absent = notPosix ?? missing(plan.program);
    test(`${title}, a service without TLS`, absent === undefined ? {} : { skip: absent }, async () => {
      await using server = await startServer(plan);
      const notHttp = new RegExp(`^port is open\\nno HTTP response: ${expected}\\n$`);
      await expectAll(server.port, {
        http: [1, notHttp],
        https: [1, noTls],
        webApp: [1, notHttp],
        kafka: [0, noKafka],
        kafkaAlone: [0, /^Not a Kafka service\n$/],
        certificate: [1, noTls],
      });
    });
  }

  test("many hosts at once, one of them a tarpit: each has its own evidence", real, async () => {
    await using silent = await silentServer("127.0.0.1");
    const line = `${chains.https} || python post_command/http_check.py {host} {port} --timeout 1`;
    const runPostCommand = createPostCommand({ runCommandLine: bare });
    const { signal } = new AbortController();
    const evidence = new Map<number, string>();
    await pMap(
      Array.from({ length: 30 }).keys(),
      async (id) => {
        const target = { host: loopback("127.0.0.1"), port: id === 7 ? silent.port : nginx.tlsPort };
        evidence.set(id, (await runPostCommand(line, target, signal))?.evidence ?? "");
      },
      { concurrency: 16 },
    );
    assert.equal(evidence.size, 30);
    const last = [...evidence.keys()].at(-1);
    assert.equal(last, 7);
    for (const [id, text] of evidence) {
      assert.match(
        text,
        id === 7 ? /port is open\nTLS not detected\nno HTTP response/ : /TLS detected\nHTTP\/1\.1 200/,
      );
    }
  });
});

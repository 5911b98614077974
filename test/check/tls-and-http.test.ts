import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import tls from "node:tls";
import { CertificateWorkshop, type IssuedCertificate, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { type Nginx, startNginx, whyNoNginx } from "../harness/nginx.ts";
import { listening, refusedPort, runCheck, silentServer, talking } from "./run-check.ts";

const missing = whyNoOpenssl() ?? whyNoNginx();
const real = missing === undefined ? {} : { skip: missing };

let workshop: CertificateWorkshop;
let certificate: IssuedCertificate;
let root: IssuedCertificate;
let nginx: Nginx;
before(async () => {
  if (missing !== undefined) return;
  workshop = new CertificateWorkshop();
  root = workshop.issue({ name: "Test Root", isAuthority: true });
  const intermediate = workshop.issue({ name: "Test Intermediate", isAuthority: true, issuer: root });
  certificate = workshop.issue({ issuer: intermediate });
  nginx = await startNginx(certificate);
});
after(async () => {
  await nginx?.[Symbol.asyncDispose]();
  workshop?.[Symbol.dispose]();
});

const firstLine = (text: string) => text.split("\n")[0];

test("a port is open, closed or timed out", async () => {
  await using silent = await silentServer();
  const open = await runCheck("port", silent.port);
  assert.deepEqual([open.output, open.passed, open.facts["state"]], ["port is open", true, "open"]);
  const closed = await runCheck("port", await refusedPort());
  assert.deepEqual([closed.output, closed.passed, closed.facts["state"]], ["port is closed", false, "closed"]);
  const unresolved = await runCheck("port", 80, { host: "no.such.name.invalid" });
  assert.equal(unresolved.passed, false);
  assert.match(unresolved.output, /^port could not be tested: no\.such\.name\.invalid: /);
});

test("all addresses of a name are tried, also IPv6", async (t) => {
  await using four = await silentServer("127.0.0.1");
  assert.equal((await runCheck("port", four.port, { host: "localhost" })).output, "port is open");
  try {
    await using six = await silentServer("::1");
    assert.equal((await runCheck("port", six.port, { host: "::1" })).output, "port is open");
    assert.equal((await runCheck("port", six.port, { host: "[::1]" })).output, "port is open");
  } catch {
    t.diagnostic("this machine has no IPv6");
  }
});

test("a service with TLS, and one without", real, async () => {
  const found = await runCheck("tls", nginx.tlsPort);
  assert.ok(found.passed);
  assert.equal(firstLine(found.output), "TLS detected");
  assert.deepEqual(found.facts["versions"], ["TLSv1.2", "TLSv1.3"]);
  const ciphers = found.facts["ciphers"] as Record<string, string[]>;
  assert.deepEqual(ciphers["TLSv1.2"]?.toSorted(), [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  ]);
  assert.ok(ciphers["TLSv1.3"]?.includes("TLS_AES_256_GCM_SHA384"));
  const without = await runCheck("tls", nginx.port);
  assert.deepEqual([without.passed, firstLine(without.output)], [false, "TLS not detected"]);
  const brief = await runCheck("tls", nginx.tlsPort, { options: { brief: true } });
  assert.equal(brief.output, "TLS detected");
});

test("silence, a refusal and a closing server are not TLS", async () => {
  await using silent = await silentServer();
  await using closing = await talking((socket) => socket.destroy());
  for (const port of [silent.port, closing.port, await refusedPort()]) {
    const result = await runCheck("tls", port, { timeoutMs: 200 });
    assert.deepEqual([result.passed, firstLine(result.output)], [false, "TLS not detected"]);
  }
});

test("a server that requires a client certificate speaks TLS", real, async () => {
  const { key, chain: cert } = certificate;
  const options = { key, cert, requestCert: true, rejectUnauthorized: true, maxVersion: "TLSv1.2" } as const;
  await using server = await listening(tls.createServer(options).on("tlsClientError", () => {}));
  const result = await runCheck("tls", server.port);
  assert.ok(result.passed);
  assert.equal(firstLine(result.output), "TLS detected");
  assert.deepEqual(result.facts["versions"], ["TLSv1.2"]);
});

test("old versions are found, each separately", real, async () => {
  const { key, chain: cert } = certificate;
  const weak = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;
  await using server = await listening(tls.createServer({ key, cert, ...weak }).on("tlsClientError", () => {}));
  assert.deepEqual((await runCheck("tls", server.port)).facts["versions"], ["TLSv1.0", "TLSv1.1"]);
});

test("a chain is verified by the stored truststore, or the reason is shown", real, async () => {
  using folder = temporaryFolder();
  const verified = async (host = "127.0.0.1") => {
    const result = await runCheck("tls", nginx.tlsPort, { directory: folder.path, host });
    return result.facts["verified"] as Record<string, unknown>;
  };
  assert.deepEqual(await verified(), {
    system: false,
    reason: "the issuer is not known: the chain is incomplete, or ends in a root that is not trusted",
    truststore: undefined,
    truststoreReason: undefined,
    name: true,
    nameReason: undefined,
  });
  mkdirSync(path.join(folder.path, "ca_certs"));
  const store = path.join(folder.path, "ca_certs", "127.0.0.1-truststore.pem");
  const stranger = workshop.issue({ name: "stranger" });
  writeFileSync(store, stranger.chain);
  assert.equal((await verified())["truststore"], false);
  writeFileSync(store, "-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n");
  assert.equal((await verified())["truststore"], false);
  const collected = await runCheck("cert", nginx.tlsPort, { directory: folder.path });
  assert.ok(collected.passed, collected.output);
  assert.equal((await verified())["truststore"], true);
  const named = await runCheck("tls", nginx.tlsPort, { options: { servername: "other.test" } });
  assert.match(named.output, /the name does not match/);
});

test("a page is shown complete: status line, headers and body", real, async () => {
  const result = await runCheck("http", nginx.port);
  assert.ok(result.passed);
  assert.match(result.output, /^HTTP\/1\.1 200 OK\nServer: nginx\/[\d.]+\n/);
  assert.match(result.output, /\n\n<html><head><title>Hello &amp; welcome<\/title><\/head>body<\/html>$/);
  assert.equal(result.facts["title"], "Hello & welcome");
  assert.match(String(result.facts["server"]), /^nginx/);
  assert.equal(typeof result.facts["faviconHash"], "number");
});

test("over HTTPS the certificate is verified, but a failure does not stop the check", real, async () => {
  const options = { tls: true, url: "/api/status" };
  const result = await runCheck("http", nginx.tlsPort, { options });
  assert.ok(result.passed);
  assert.match(
    result.output,
    /^HTTP\/1\.1 200 OK\n[\s\S]*\n\nall is well\n\[the certificate is not verified: the issuer/,
  );
  const wrong = await runCheck("http", nginx.port, { options });
  assert.deepEqual([wrong.passed, wrong.output], [false, "no HTTP response: TLS not detected"]);
});

test("--vulnerable-match searches the response for a text", real, async () => {
  const match = (text: string) =>
    runCheck("http", nginx.port, { options: { url: "/api/status", "vulnerable-match": text } });
  const found = await match("is well");
  assert.deepEqual([found.passed, found.facts["matches"]], [true, true]);
  assert.match(found.output, /\[vulnerable: the response contains "is well"\]$/);
  const absent = await match("is ill");
  assert.deepEqual([absent.passed, absent.facts["matches"]], [false, false]);
});

test("redirects are followed on request, and never to another host", real, async () => {
  const follow = (url: string, count?: string) =>
    runCheck("http", nginx.port, { options: { url, ...(count === undefined ? {} : { follow: count }) } });
  assert.equal((await follow("/here")).facts["status"], 302);
  const followed = await follow("/here", "3");
  assert.equal(followed.facts["status"], 200);
  assert.deepEqual(followed.facts["redirects"], [`http://127.0.0.1:${nginx.port}/`]);
  const away = await follow("/away", "3");
  assert.equal(away.facts["status"], 302);
  assert.match(away.output, /redirect to another host, not followed/);
});

test("an icon on another port of the host is not requested", async () => {
  let isAsked = false;
  await using other = await talking(() => {
    isAsked = true;
  });
  const link = `<link rel="icon" href="http://127.0.0.1:${other.port}/icon">`;
  await using server = await talking((socket) => {
    socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n${link}`));
  });
  const result = await runCheck("http", server.port);
  assert.deepEqual([result.passed, result.facts["faviconHash"], isAsked], [true, undefined, false]);
});

test("endless provisional answers and empty lines are not an answer, and only a few are read", async () => {
  for (const piece of ["HTTP/1.1 102 Processing\r\n\r\n", "\r\n"]) {
    await using flood = await talking((socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write(piece.repeat(10_000)));
      };
      socket.on("drain", more).once("data", more);
    });
    const result = await runCheck("http", flood.port, { timeoutMs: 60_000 });
    assert.deepEqual([result.passed, result.facts["state"]], [false, "silent"]);
    assert.match(result.output, /the server sent 64 KiB without an answer/);
  }
  await using polite = await talking((socket) => {
    const early = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n".repeat(2);
    socket.once("data", () => socket.end(`${early}HTTP/1.1 204 No Content\r\n\r\n`));
  });
  assert.equal((await runCheck("http", polite.port)).facts["status"], 204);
});

test("an endless body is cut, and a slow one ends at the time limit", async () => {
  await using endless = await talking((socket) => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    const more = () => socket.write("x".repeat(16_384));
    socket.on("drain", more).once("data", more);
  });
  const cut = await runCheck("http", endless.port, { options: { "max-bytes": "5000", "no-favicon": true } });
  assert.deepEqual([cut.facts["bodyBytes"], cut.facts["cut"], cut.passed], [5000, "limit", true]);
  await using slow = await talking((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
  const half = await runCheck("http", slow.port, { timeoutMs: 300, options: { "no-favicon": true } });
  assert.deepEqual([half.facts["bodyBytes"], half.facts["cut"], half.passed], [4, "time", true]);
});

test("an answer that is not HTTP is reported with its beginning", async () => {
  await using ssh = await talking((socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"));
  const result = await runCheck("http", ssh.port, { timeoutMs: 2000 });
  assert.equal(result.output, "no HTTP response: the answer is not HTTP: SSH-2.0-OpenSSH_9.2");
  await using silent = await silentServer();
  const waited = await runCheck("http", silent.port, { timeoutMs: 200 });
  assert.equal(waited.output, "no HTTP response: no HTTP response in time");
  assert.equal(waited.passed, false);
  assert.equal((await runCheck("http", await refusedPort())).output, "no HTTP response: connection refused");
});

test("hostile text in a response is made safe", async () => {
  await using server = await talking((socket) =>
    socket.end("HTTP/1.1 200 \x1b[2JOK\r\nServer: a\x1b]0;b\x07\r\nContent-Length: 3\r\n\r\n\x1b[m"),
  );
  const { output, facts } = await runCheck("http", server.port);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the question
  assert.doesNotMatch(output + JSON.stringify(facts), /[\x00-\x08\x0b-\x1f\x7f]/);
});

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import tls from "node:tls";
import { CertificateWorkshop, type IssuedCertificate, utc, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { postgresMissing, startPostgres, turnTlsOn } from "../harness/postgres-server.ts";
import { MailServer } from "../harness/smtp-server.ts";
import { listening, refusedPort, runCheck, silentServer, talking } from "./run-check.ts";

const missing = whyNoOpenssl();
const real = missing === undefined ? {} : { skip: missing };
let workshop: CertificateWorkshop;
let own: IssuedCertificate;
before(() => {
  if (missing !== undefined) return;
  workshop = new CertificateWorkshop();
  own = workshop.issue();
});
after(() => workshop?.[Symbol.dispose]());

function tlsServer({ key, chain }: IssuedCertificate) {
  return listening(tls.createServer({ key, cert: chain }).on("tlsClientError", () => {}));
}

const chainOf = (facts: Readonly<Record<string, unknown>>) => facts["chain"] as Record<string, unknown>[];

test("a chain with an intermediate is stored complete, with its analysis beside it", real, async () => {
  using folder = temporaryFolder();
  const root = workshop.issue({ name: "Root", isAuthority: true });
  const intermediate = workshop.issue({ name: "Intermediate", isAuthority: true, issuer: root, rsaBits: 2048 });
  const leaf = workshop.issue({ name: "leaf.test", issuer: intermediate });
  await using server = await tlsServer(leaf);
  const result = await runCheck("cert", server.port, { directory: folder.path });
  assert.ok(result.passed, result.output);
  assert.match(result.output, /^2 certificates saved to ca_certs[/\\]127\.0\.0\.1-truststore\.pem\n/);
  const pem = readFileSync(path.join(folder.path, "ca_certs/127.0.0.1-truststore.pem"), "utf8");
  assert.equal(pem, leaf.chain);
  const [first, second] = chainOf(result.facts);
  assert.equal(first?.["subject"], "O=Harbinger test only, CN=leaf.test");
  assert.equal(first?.["issuer"], second?.["subject"]);
  assert.deepEqual(first?.["names"], ["DNS:localhost", "IP Address:127.0.0.1", "IP Address:0:0:0:0:0:0:0:1"]);
  assert.deepEqual([first?.["keyType"], first?.["keyBits"], first?.["curve"]], ["ec", 256, "prime256v1"]);
  assert.deepEqual([second?.["keyType"], second?.["keyBits"]], ["rsa", 2048]);
  assert.deepEqual(
    [first?.["signatureAlgorithm"], second?.["signatureAlgorithm"]],
    ["sha256WithRSAEncryption", "ecdsa-with-SHA256"],
  );
  assert.deepEqual([first?.["selfSigned"], second?.["selfSigned"], second?.["authority"]], [false, false, true]);
  assert.equal(first?.["daysLeft"], 364);
  const analysis = readFileSync(path.join(folder.path, "ca_certs/127.0.0.1-truststore.txt"), "utf8");
  for (const words of ["Certificate 2 of 2 (intermediate)", "RSA 2048 bits", "364 days left", "DNS:localhost"]) {
    assert.ok(analysis.includes(words), words);
  }
  assert.deepEqual(readdirSync(path.join(folder.path, "ca_certs")).length, 2, "no temporary file is left");
});

test("with --only-changes files with the same chain are not rewritten", real, async () => {
  using folder = temporaryFolder();
  const server = tls.createServer({ key: own.key, cert: own.chain }).on("tlsClientError", () => {});
  await using listener = await listening(server);
  const pem = path.join(folder.path, "ca_certs/127.0.0.1-truststore.pem");
  const collect = async (options: Record<string, boolean>) => {
    const result = await runCheck("cert", listener.port, { directory: folder.path, options });
    assert.ok(result.passed, result.output);
    return [result.output.split("\n")[0]?.replaceAll("\\", "/"), statSync(pem).ino];
  };
  const [first, file] = await collect({ "only-changes": true });
  assert.equal(first, "1 certificate saved to ca_certs/127.0.0.1-truststore.pem");
  assert.deepEqual(await collect({ "only-changes": true }), [
    "1 certificate as kept in ca_certs/127.0.0.1-truststore.pem",
    file,
  ]);
  assert.equal((await collect({}))[0], first, "who asks by hand gets a fresh analysis");
  const other = workshop.issue();
  server.setSecureContext({ key: other.key, cert: other.chain });
  assert.equal((await collect({ "only-changes": true }))[0], first);
  assert.equal(readFileSync(pem, "utf8"), other.chain);
});

test("self-signed and expired certificates are reported as such", real, async () => {
  using folder = temporaryFolder();
  await using selfSigned = await tlsServer(own);
  const known = await runCheck("cert", selfSigned.port, { directory: folder.path });
  assert.equal(chainOf(known.facts)[0]?.["selfSigned"], true);
  assert.match(known.output, /self-signed; 364 days left/);
  const expired = workshop.issue({ validFrom: utc(-40), validTo: utc(-10) });
  await using old = await tlsServer(expired);
  const result = await runCheck("cert", old.port, { directory: folder.path });
  assert.ok(result.passed);
  assert.match(result.output, /EXPIRED/);
  assert.ok(Number(chainOf(result.facts)[0]?.["daysLeft"]) < 0);
  const verified = (await runCheck("tls", old.port)).facts["verified"] as Record<string, unknown>;
  assert.equal(verified["system"], false);
});

test("a renewed certificate keeps its key's fingerprint", real, async () => {
  using folder = temporaryFolder();
  const facts = async (certificate: IssuedCertificate) => {
    await using server = await tlsServer(certificate);
    return chainOf((await runCheck("cert", server.port, { directory: folder.path })).facts)[0];
  };
  const before = await facts(own);
  const renewed = await facts(workshop.issue({ keyOf: own }));
  const other = await facts(workshop.issue());
  assert.notEqual(renewed?.["sha256"], before?.["sha256"]);
  assert.equal(renewed?.["keySha256"], before?.["keySha256"]);
  assert.notEqual(other?.["keySha256"], before?.["keySha256"]);
});

test("a server that requires a client certificate still shows its own", real, async () => {
  using folder = temporaryFolder();
  const { key, chain: cert } = own;
  const options = { key, cert, requestCert: true, rejectUnauthorized: true, maxVersion: "TLSv1.2" } as const;
  await using server = await listening(tls.createServer(options).on("tlsClientError", () => {}));
  const result = await runCheck("cert", server.port, { directory: folder.path });
  assert.equal(chainOf(result.facts).length, 1);
});

test("without a certificate no file is written", async () => {
  using folder = temporaryFolder();
  await using silent = await silentServer();
  for (const port of [silent.port, await refusedPort()]) {
    const result = await runCheck("cert", port, { directory: folder.path, timeoutMs: 200 });
    assert.equal(result.passed, false);
    assert.match(result.output, /^No certificate collected: /);
  }
  assert.deepEqual(readdirSync(folder.path), []);
});

test("STARTTLS: a real mail server", async () => {
  using folder = temporaryFolder();
  await using server = await MailServer.start({ tls: "starttls" });
  const options = { starttls: "smtp" };
  const collected = await runCheck("cert", server.port, { directory: folder.path, options });
  assert.ok(collected.passed, collected.output);
  assert.equal(chainOf(collected.facts).length, 1);
  const found = await runCheck("tls", server.port, { options });
  assert.ok(found.passed);
  assert.ok((found.facts["versions"] as string[]).includes("TLSv1.3"));
  const direct = await runCheck("tls", server.port, { timeoutMs: 2000 });
  assert.equal(direct.output.split("\n")[0], "TLS not detected");
  await using plain = await MailServer.start();
  const none = await runCheck("tls", plain.port, { options });
  assert.deepEqual([none.passed, none.output], [false, "TLS not detected\nthe server does not announce STARTTLS"]);
});

const noPostgres = missing ?? postgresMissing();

test("STARTTLS: a real PostgreSQL", noPostgres === undefined ? {} : { skip: noPostgres }, async () => {
  using folder = temporaryFolder();
  await using server = await startPostgres();
  const options = { starttls: "postgres" };
  const off = await runCheck("tls", server.port, { options });
  assert.deepEqual([off.passed, off.output], [false, "TLS not detected\nthe server has TLS turned off"]);
  const asMail = { starttls: "smtp" };
  const wrong = await runCheck("cert", server.port, { directory: folder.path, options: asMail, timeoutMs: 500 });
  assert.equal(wrong.passed, false);
  await turnTlsOn(server.url, own);
  const collected = await runCheck("cert", server.port, { directory: folder.path, options });
  assert.ok(collected.passed, collected.output);
  assert.equal(readFileSync(path.join(folder.path, "ca_certs/127.0.0.1-truststore.pem"), "utf8"), own.chain);
  const on = await runCheck("tls", server.port, { options, directory: folder.path });
  assert.deepEqual([on.passed, on.facts["versions"]], [true, ["TLSv1.2", "TLSv1.3"]]);
  assert.match(on.output, /\nverified by the stored truststore/);
});

/** What each protocol's server sends, up to the first byte of TLS. */
const scripts = {
  imap: [
    ["", "* OK ready\r\n"],
    ["a1 STARTTLS\r\n", "* CAPABILITY IMAP4\r\na1 OK begin\r\n"],
  ],
  pop3: [
    ["", "+OK ready\r\n"],
    ["STLS\r\n", "+OK begin\r\n"],
  ],
  ftp: [
    ["", "220-hello\r\n220 ready\r\n"],
    ["AUTH TLS\r\n", "234 begin\r\n"],
  ],
  smtp: [
    ["", "220 mail.test ESMTP\r\n"],
    ["EHLO harbinger.invalid\r\n", "250-mail.test\r\n250-SIZE 1\r\n250 STARTTLS\r\n"],
    ["STARTTLS\r\n", "220 go\r\n"],
  ],
  postgres: [["\x00\x00\x00\x08\x04\xd2\x16\x2f", "S"]],
  ldap: [
    [
      "\x30\x1d\x02\x01\x01\x77\x18\x80\x16" + "1.3.6.1.4.1.1466.20037",
      "\x30\x84\x00\x00\x00\x10\x02\x01\x01\x78\x84\x00\x00\x00\x07\x0a\x01\x00\x04\x00\x04\x00",
    ],
  ],
  mysql: [
    [
      "",
      `\x4a\x00\x00\x00\x0a8.0.36\x00\x01\x00\x00\x00abcdefgh\x00\xff\xff\x2d\x02\x00\xff\xdf\x15${"\x00".repeat(10)}abcdefghijkl\x00caching_sha2_password\x00`,
    ],
    [`\x20\x00\x00\x01\x00\x8a\x00\x00\x00\x00\x00\x01\x2d${"\x00".repeat(23)}`, ""],
  ],
} as const;

for (const [protocol, script] of Object.entries(scripts)) {
  test(`STARTTLS: ${protocol}, byte for byte`, real, async () => {
    using folder = temporaryFolder();
    const received: string[] = [];
    await using server = await talking((socket) => {
      let step = 0;
      let pending = "";
      const advance = () => {
        for (let next = script[step]; next !== undefined && pending.startsWith(next[0]); next = script[step]) {
          const [expected, answer] = next;
          if (expected !== "") received.push(expected);
          pending = pending.slice(expected.length);
          step += 1;
          socket.write(answer, "latin1");
          if (step < script.length) continue;
          socket.off("data", onData).pause();
          // MySQL's server sends nothing here, so the hello may have arrived with it.
          if (pending !== "") socket.unshift(Buffer.from(pending, "latin1"));
          const secure = new tls.TLSSocket(socket, { isServer: true, key: own.key, cert: own.chain });
          secure.on("error", () => {});
          return;
        }
      };
      const onData = (chunk: Buffer) => {
        pending += chunk.toString("latin1");
        advance();
      };
      socket.on("data", onData);
      advance();
    });
    const result = await runCheck("cert", server.port, { directory: folder.path, options: { starttls: protocol } });
    assert.ok(result.passed, result.output);
    assert.equal(chainOf(result.facts).length, 1);
    assert.deepEqual(
      received,
      script.map(([expected]) => expected).filter((expected) => expected !== ""),
    );
  });
}

test("bytes that follow the agreement to TLS are rejected", async () => {
  await using server = await talking((socket) => {
    socket.write("+OK ready\r\n");
    socket.on("data", () => socket.write("+OK begin\r\n+OK injected\r\n"));
  });
  const result = await runCheck("tls", server.port, { options: { starttls: "pop3" } });
  assert.equal(result.output, "TLS not detected\nthe server sent more data after its agreement to TLS");
});

test("an unknown STARTTLS protocol is reported", async () => {
  const result = await runCheck("tls", 1, { options: { starttls: "gopher" } });
  assert.match(result.output, /--starttls takes one of smtp, imap/);
});

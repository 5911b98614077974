import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer as createTcpServer, type Socket } from "node:net";
import { test } from "node:test";
import { createServer, TLSSocket, type TlsOptions } from "node:tls";
import { listening } from "../../../../test/check/run-check.ts";
import { Deadline } from "../deadline.ts";
import { contextTrusting } from "./contexts.ts";
import type { HandshakeOptions } from "./handshake.ts";
import { openTls, type TlsTarget } from "./open-tls.ts";

const certificates = new URL("../../../../test/harness/certificates/", import.meta.url);
const pem = readFileSync(new URL("localhost.pem", certificates), "utf8");
const identity = { cert: pem, key: readFileSync(new URL("test-only-key.pem", certificates)) };

/** The parts of a session that are the same for every kind of connection to one server. */
async function open(target: Pick<TlsTarget, "port" | "startTls">, options: Omit<HandshakeOptions, "serverName"> = {}) {
  using deadline = new Deadline(10_000, new AbortController().signal);
  const outcome = await openTls({ host: "127.0.0.1", serverName: "localhost", ...target }, deadline, options);
  if (outcome.kind === "secure") outcome.connection[Symbol.dispose]();
  return outcome;
}

async function secureServer(options: TlsOptions = {}) {
  return await listening(
    createServer({ ...identity, ...options }, (socket) => socket.on("error", () => {})).on("tlsClientError", () => {}),
  );
}

test("direct TLS and STARTTLS show the same session", async () => {
  await using direct = await secureServer();
  const pop3 = createTcpServer((socket: Socket) => {
    socket.on("error", () => {}).write("+OK ready\r\n");
    socket.once("data", () => {
      socket.write("+OK\r\n");
      new TLSSocket(socket, { isServer: true, ...identity }).on("error", () => {});
    });
  });
  await using inside = await listening(pop3);
  const first = await open({ port: direct.port });
  const second = await open({ port: inside.port, startTls: "pop3" });
  assert.ok(first.kind === "secure" && second.kind === "secure");
  assert.equal(first.session.version, "TLSv1.3");
  assert.equal(first.session.chain.length, 1);
  assert.equal(first.session.untrusted, "DEPTH_ZERO_SELF_SIGNED_CERT");
  assert.deepEqual(second.session, first.session);
});

test("a certificate is trusted by the context, with any name", async () => {
  await using server = await secureServer();
  const trusted = await open({ port: server.port }, { context: contextTrusting([pem]) });
  assert.ok(trusted.kind === "secure");
  assert.equal(trusted.session.untrusted, undefined);
});

test("old versions and weak ciphers are accepted", async () => {
  await using server = await secureServer({ minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" });
  const old = await open({ port: server.port });
  assert.equal(old.kind === "secure" && old.session.version, "TLSv1");
});

test("a server that requires a client certificate has shown its own", async () => {
  await using server = await secureServer({ requestCert: true, rejectUnauthorized: true, maxVersion: "TLSv1.2" });
  const refused = await open({ port: server.port });
  assert.ok(refused.kind === "refused", JSON.stringify(refused));
  assert.deepEqual([refused.demandsCertificate, refused.chain.length], [true, 1]);
});

test("a handshake ends with its own time limit, and with a server that sends something else", async () => {
  await using silent = await listening(createTcpServer((socket) => socket.on("error", () => {}).resume()));
  assert.equal((await open({ port: silent.port }, { timeoutMs: 50 })).kind, "timed-out");
  await using web = await listening(createTcpServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 400\r\n")));
  const other = await open({ port: web.port });
  assert.deepEqual([other.kind, "reason" in other && other.reason], ["not-tls", "TLS not detected"]);
});

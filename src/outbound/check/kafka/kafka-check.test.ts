import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createPlainServer, type Server } from "node:net";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { bytes, type Script, scriptedServer } from "../../../../test/check-servers/scripted-server.ts";
import { systemClock } from "../../../platform/system-clock.ts";
import { kafkaCheck } from "./kafka-check.ts";

const hexOf = (value: string) => Buffer.from(value, "latin1").toString("hex");
const certificates = new URL("../../../../test/harness/certificates/", import.meta.url);
const certificate = new URL("localhost.pem", certificates);
const any = /[\s\S]+/;

const versions3 = (metadata: string) =>
  bytes(`0000001a 00000001 0000 03 0003 ${metadata} 00 0012 0000 0003 00 00000000 00`);
const broker = `0006 ${hexOf("kafka1")} 00002384 ffff`;
const topic = (name: string) =>
  `0000 000${name.length} ${hexOf(name)} 00 00000001 0000 00000000 00000001 00000001 00000001 00000000`;
const framed = (body: string) => bytes(`${bytes(body).length.toString(16).padStart(8, "0")} ${body}`);
const metadata1 = framed(`00000003 00000001 00000001 ${broker} 00000001 00000002 ${topic("orders")} ${topic("logs")}`);
const open: readonly Script[] = [
  {
    steps: [
      { request: any, reply: versions3("0000 000c") },
      // Metadata 1 of all topics: a null list.
      { request: bytes(`00000017 0003 0001 00000003 0009 ${hexOf("harbinger")} ffffffff`), reply: metadata1 },
    ],
  },
];

async function check(port: number, options: Record<string, boolean> = {}, directory = os.tmpdir(), host = "127.0.0.1") {
  const kafka = kafkaCheck.create({ directory, clock: systemClock });
  return await kafka.run({ host, port, timeoutMs: 8000, options }, new AbortController().signal);
}

function temporaryFolder() {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-kafka-"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const sockets = new Set<import("node:net").Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A TLS server in front of a scripted broker, with the test certificate. */
async function tlsInFrontOf(port: number, options: { readonly requestCert?: boolean } = {}) {
  const { connect } = await import("node:net");
  const server = createTlsServer(
    {
      cert: readFileSync(certificate),
      key: readFileSync(new URL("test-only-key.pem", certificates)),
      ...(options.requestCert === true && { requestCert: true, rejectUnauthorized: true }),
    },
    (socket) => {
      const upstream = connect(port, "127.0.0.1");
      socket.on("error", () => upstream.destroy());
      upstream.on("error", () => socket.destroy());
      socket.pipe(upstream).pipe(socket);
    },
  );
  return await listening(server);
}

describe("kafka check", () => {
  test("a broker that accepts any client is accessible, with its brokers and topics", async () => {
    await using server = await scriptedServer(open);
    const result = await check(server.port);
    assert.equal(result.passed, true, JSON.stringify(result));
    assert.match(result.output, /^Kafka is accessible without authentication: 1 broker, 2 topics\n/);
    assert.deepEqual(result.facts["brokers"], [{ id: 1, host: "kafka1", port: 9092 }]);
    assert.deepEqual(result.facts["topics"], ["orders", "logs"]);
  });

  test("a broker with Metadata only from version 9 gets a request in that version", async () => {
    const metadata9 = framed(
      `00000003 00 00000000 02 00000001 07 ${hexOf("kafka1")} 00002384 00 00 00 00000001
       02 0000 07 ${hexOf("orders")} 00 02 0000 00000000 00000001 00000000 02 00000001 02 00000001 01 00 80000000 00 80000000 00`,
    );
    await using server = await scriptedServer([
      {
        steps: [
          { request: any, reply: versions3("0009 000d") },
          { request: any, reply: metadata9 },
        ],
      },
    ]);
    const result = await check(server.port);
    assert.match(result.output, /1 broker, 1 topic\n/);
    assert.deepEqual(result.facts["topics"], ["orders"]);
  });

  test("an old broker answers ApiVersions 3 with error 35, and gets version 0", async () => {
    await using server = await scriptedServer([
      {
        steps: [
          { request: any, reply: bytes("0000000a 00000001 0023 00000000") },
          { request: any, reply: bytes("00000016 00000002 0000 00000002 0003 0000 0002 0012 0000 0000") },
          { request: any, reply: metadata1 },
        ],
      },
    ]);
    assert.equal((await check(server.port)).passed, true);
  });

  test("a listener with SASL closes on Metadata: authentication failed, with its mechanisms", async () => {
    await using server = await scriptedServer([
      {
        steps: [
          { request: any, reply: versions3("0000 000c") },
          { request: any, close: true },
        ],
      },
      {
        steps: [{ request: any, reply: bytes(`00000019 00000004 0021 00000001 000d ${hexOf("SCRAM-SHA-512")}`) }],
      },
    ]);
    const result = await check(server.port);
    assert.deepEqual([result.passed, result.output], [false, "Authentication failed"]);
    assert.deepEqual(result.facts["mechanisms"], ["SCRAM-SHA-512"]);
  });

  test("a closed port, and another service", async () => {
    const closed = await scriptedServer([{}]);
    await closed[Symbol.asyncDispose]();
    assert.equal((await check(closed.port)).output, "Connection refused - service not running");
    await using web = await scriptedServer([
      { steps: [{ request: any, reply: Buffer.from("HTTP/1.1 400 Authentication SSL refused\r\n\r\n"), close: true }] },
    ]);
    assert.deepEqual([(await check(web.port)).output, (await check(web.port)).passed], ["Not a Kafka service", false]);
    await using silent = await scriptedServer([{}]);
    assert.equal((await check(silent.port)).output, "Not a Kafka service");
  });

  test("TLS fails with a self-signed certificate, and succeeds with its truststore", async () => {
    using folder = temporaryFolder();
    await using server = await scriptedServer(open);
    await using tls = await tlsInFrontOf(server.port);
    const refused = await check(tls.port, { tls: true }, folder.folder);
    assert.match(refused.output, /^TLS connection failed - (?:self-signed certificate|the issuer)/);
    assert.equal(refused.passed, false);
    mkdirSync(path.join(folder.folder, "ca_certs"));
    copyFileSync(certificate, path.join(folder.folder, "ca_certs", "127.0.0.1-truststore.pem"));
    const accepted = await check(tls.port, { tls: true }, folder.folder);
    assert.equal(accepted.passed, true, accepted.output);
  });

  test("TLS to a service that does not speak it fails with the reason", async () => {
    const server = createPlainServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await using web = await listening(server);
    const result = await check(web.port, { tls: true });
    assert.equal(result.output, "TLS connection failed - TLS not detected");
  });

  test("a broker that requires a client certificate: authentication failed", async () => {
    using folder = temporaryFolder();
    mkdirSync(path.join(folder.folder, "ca_certs"));
    copyFileSync(certificate, path.join(folder.folder, "ca_certs", "127.0.0.1-truststore.pem"));
    await using server = await scriptedServer(open);
    await using tls = await tlsInFrontOf(server.port, { requestCert: true });
    const result = await check(tls.port, { tls: true }, folder.folder);
    assert.equal(result.output, "Authentication failed", JSON.stringify(result));
  });
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import net from "node:net";
import { describe, test } from "node:test";
import tls from "node:tls";
import { bytesTakenBySystem } from "./socket-internals.ts";

/** More than the systems on both sides hold. */
const muchBytes = 48 * 2 ** 20;
/** TLS adds 22 bytes to each 16 KiB, and some for its first messages. */
const mostBytes = muchBytes * 1.002;
const certificates = new URL("../../test/harness/certificates/", import.meta.url);

const kinds = {
  TCP: { server: () => net.createServer(), event: "connection", client: net.connect },
  TLS: {
    server: () =>
      tls.createServer({
        key: readFileSync(new URL("test-only-key.pem", certificates)),
        cert: readFileSync(new URL("localhost.pem", certificates)),
      }),
    event: "secureConnection",
    // Of the certificate of the tests only the encryption counts here.
    client: (port: number, host: string) => tls.connect(port, host, { rejectUnauthorized: false }),
  },
} as const;

for (const [name, { server: create, event, client: connect }] of Object.entries(kinds))
  describe(`what the system has taken of a connection over ${name}`, () => {
    test("is told while a piece of megabytes is on its way, and little more than was written", async () => {
      const server = create().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as net.AddressInfo;
      const client = connect(port, "127.0.0.1");
      const [accepted] = (await once(server, event)) as [net.Socket];
      client.on("error", () => {});
      accepted.on("error", () => {});
      try {
        const before = bytesTakenBySystem(accepted);
        accepted.write(Buffer.alloc(muchBytes));
        let read = 0;
        let told = before;
        let steps = 0;
        for await (const piece of client as AsyncIterable<Buffer>) {
          read += piece.length;
          const now = bytesTakenBySystem(accepted);
          assert.ok(now >= told && now <= before + mostBytes, `${now} after ${told}`);
          assert.ok(now - before >= read, `${now - before} taken, ${read} read`);
          if (now > told && accepted.writableLength === muchBytes) steps += 1;
          told = now;
          if (read === muchBytes) break;
        }
        assert.ok(steps > 4, `${steps} steps before the piece had been taken`);
      } finally {
        client.destroy();
        accepted.destroy();
        server.close();
      }
    });
  });

test("what a closed connection took is still told", async () => {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1").resume();
  const [accepted] = (await once(server, "connection")) as [net.Socket];
  accepted.end("0123456789");
  await Promise.all([once(accepted, "close"), once(client, "close")]);
  assert.equal(bytesTakenBySystem(accepted), 10);
  server.close();
});

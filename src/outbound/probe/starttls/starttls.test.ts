import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { Deadline } from "../deadline.ts";
import { dial } from "../dial.ts";
import { startTls, startTlsProtocols } from "./starttls.ts";

let answer: Buffer = Buffer.alloc(0);
const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  socket.end(answer);
});
let port = 0;
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound !== null && typeof bound !== "string") port = bound.port;
});
after(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

async function ask(protocol: (typeof startTlsProtocols)[number], bytes: Uint8Array) {
  answer = Buffer.from(bytes);
  using deadline = new Deadline(5000, new AbortController().signal);
  const dialed = await dial({ host: "127.0.0.1", port }, deadline);
  assert.equal(dialed.kind, "connected");
  if (dialed.kind !== "connected") throw new Error("not connected");
  using connection = dialed.connection;
  const outcome = await startTls(connection, protocol);
  assert.ok(!deadline.isOver, "what ended is not waited for");
  return outcome;
}

test("a refusal of STARTTLS and another protocol are distinguished", async () => {
  const kind = async (protocol: (typeof startTlsProtocols)[number], text: string) =>
    (await ask(protocol, Buffer.from(text, "latin1"))).kind;
  assert.equal(await kind("smtp", "220 a\r\n250 a\r\n"), "not-offered");
  assert.equal(await kind("smtp", "220 a\r\n250-a\r\n250 STARTTLS\r\n454 later\r\n"), "not-offered");
  assert.equal(await kind("smtp", "SSH-2.0-x\r\n"), "other-protocol");
  assert.equal(await kind("ftp", "220 a\r\n500 what\r\n"), "not-offered");
  assert.equal(await kind("imap", "* OK a\r\na1 BAD what\r\n"), "not-offered");
  assert.equal(await kind("pop3", "+OK\r\n-ERR\r\n"), "not-offered");
  assert.equal(await kind("postgres", "N"), "not-offered");
  assert.equal(await kind("postgres", "H"), "other-protocol");
  assert.equal(await kind("mysql", "\x05\x00\x00\x00\xff\x6a\x04no"), "not-offered");
  assert.equal(await kind("ldap", "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00"), "not-offered");
  for (const protocol of startTlsProtocols) assert.equal(await kind(protocol, ""), "no-answer", protocol);
});

test("any bytes end in an outcome, for every protocol", async () => {
  const pieces = fc.constantFrom(
    ..."220 a\r\n|250 STARTTLS\r\n|220-|+OK\r\n|* OK\r\n|a1 OK\r\n|S|\x30\x84|\x30\x10\x02\x01\x01\x78|\x4a\x00\x00\x00\x0a8\x00|\n".split(
      "|",
    ),
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.array(pieces, { maxLength: 8 }).map((parts) => Buffer.from(parts.join(""), "latin1")),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...startTlsProtocols), bytes, async (protocol, input) => {
      const { kind } = await ask(protocol, input);
      assert.ok(["ready", "not-offered", "other-protocol", "no-answer"].includes(kind));
    }),
    { numRuns: 150 },
  );
});

import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { missing, startServer } from "../../../../test/check-servers/real-server.ts";
import { bytes, type Script, scriptedServer } from "../../../../test/check-servers/scripted-server.ts";
import { Deadline } from "../deadline.ts";
import { converse } from "./conversation.ts";
import { openOwnListener } from "./own-listener.ts";
import { askSocks5ToRelay, judgementOfSocks } from "./relay.ts";

/** After the greeting, which offers to go without authentication. */
async function judgeSocks(port: number) {
  using deadline = new Deadline(10_000, new AbortController().signal);
  const opened = await converse({ host: "127.0.0.1", port }, deadline, { tls: false });
  assert.ok(opened.kind === "open");
  using conversation = opened.conversation;
  await conversation.ask(Uint8Array.of(5, 1, 0), (received) =>
    received.length < 2 ? { kind: "incomplete" } : { kind: "match", value: received, complete: true },
  );
  return judgementOfSocks(5, await askSocks5ToRelay(conversation));
}

test("microsocks relays for anybody", { skip: missing("microsocks") }, async () => {
  await using server = await startServer({
    program: "microsocks",
    arguments: (port) => ["-i", "127.0.0.1", "-p", String(port)],
  });
  const { verdict, reason } = await judgeSocks(server.port);
  assert.deepEqual([verdict, reason], ["exposed", "relays without authentication (SOCKS 5 to this machine)"]);
});

const answers = (reply: string): readonly Script[] => [
  {
    steps: [
      { request: bytes("050100"), reply: bytes("0500") },
      { request: bytes("05010001 7f000001") },
      // The port.
      { request: /^[\s\S]{2}$/, reply: bytes(reply) },
    ],
  },
];

test("who refuses by a rule is protected, who cannot reach us, or says so without doing it, is neither", async () => {
  for (const [reply, verdict] of [
    ["05 02 00 01 00000000 0000", "protected"],
    ["05 05 00 01 00000000 0000", "inconclusive"],
    ["05 00 00 01 7f000001 1234", "inconclusive"],
    ["ff ff", "inconclusive"],
  ] as const) {
    await using server = await scriptedServer(answers(reply));
    assert.equal((await judgeSocks(server.port)).verdict, verdict, reply);
  }
});

test("only its own word proves that a port of our own was reached, and it is closed afterwards", async () => {
  const listener = await openOwnListener("127.0.0.1");
  assert.ok(listener !== undefined);
  const stranger = connect(listener.port, "127.0.0.1");
  stranger.on("error", () => {}).write("GET /0123456789abcdef HTTP/1.0\r\n\r\n");
  assert.equal(await listener.reached(100), false);
  const known = connect(listener.port, "127.0.0.1");
  known.on("error", () => {}).write(`GET /${listener.word} HTTP/1.0\r\n\r\n`);
  assert.equal(await listener.reached(5000), true);
  await listener[Symbol.asyncDispose]();
  const late = connect(listener.port, "127.0.0.1");
  await new Promise((resolve) => late.once("error", resolve));
  for (const socket of [stranger, known]) socket.destroy();
});

test("no port is opened where the proxy could not name our address", async () => {
  for (const address of [undefined, "", "fe80::1", "fe80::1%lo", "not an address", "203.0.113.1"])
    assert.equal(await openOwnListener(address), undefined, address);
});

import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { missing, startServer } from "../../../../test/check-servers/real-server.ts";
import { bytes, type Script, scriptedServer } from "../../../../test/check-servers/scripted-server.ts";
import { converse } from "../../probe/conversation.ts";
import { Deadline } from "../../probe/deadline.ts";
import { SeenAnswer } from "../web/seen-answer.ts";
import { openOwnListener } from "./own-listener.ts";
import { askSocks5ToRelay, judgementOfRelay, judgementOfSocks } from "./relay.ts";

/** After the greeting, which offers no authentication. */
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

test("microsocks relays for any client", { skip: missing("microsocks") }, async () => {
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

test("a proxy that refuses a private address, cannot reach this machine, or only claims to relay is not proven to be protected", async () => {
  for (const [reply, reason] of [
    [
      "05 02 00 01 00000000 0000",
      /^refuses to relay to a private address \(.*reply 2\); whether it relays elsewhere was/,
    ],
    ["05 05 00 01 00000000 0000", /^accepts clients without authentication; it did not relay .*reply 5/],
    ["05 00 00 01 7f000001 1234", /^accepts clients without authentication; it did not relay/],
    ["ff ff", /^accepts clients without authentication; it did not relay/],
  ] as const) {
    await using server = await scriptedServer(answers(reply));
    const judgement = await judgeSocks(server.port);
    assert.equal(judgement.verdict, "inconclusive", reply);
    assert.match(judgement.reason, reason);
  }
});

test("a refusal by a rule counts for a public address, a refusal of this client for any", () => {
  const refused = (code: number, refusal: "rule" | "client" | "other", isPrivate: boolean) =>
    judgementOfSocks(refusal === "client" ? 4 : 5, { kind: "refuses", code, refusal, isPrivate }).verdict;
  assert.deepEqual(
    [refused(2, "rule", false), refused(2, "rule", true), refused(93, "client", true), refused(4, "other", false)],
    ["protected", "inconclusive", "protected", "inconclusive"],
  );
  const answered = (status: number, isPrivate: boolean) => {
    const answer = {
      status,
      statusLine: `HTTP/1.1 ${status} x`,
      headers: new Map(),
      body: Buffer.alloc(0),
      whole: true,
    };
    return judgementOfRelay({ kind: "answers", seen: new SeenAnswer(answer), isPrivate }).verdict;
  };
  assert.deepEqual(
    [answered(403, false), answered(403, true), answered(407, true), answered(503, false)],
    ["protected", "inconclusive", "protected", "inconclusive"],
  );
});

test("only the random word proves that the own listener was reached, and it is closed afterwards", async () => {
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

test("no listener is opened on an address that the proxy cannot use", async () => {
  for (const address of [undefined, "", "fe80::1", "fe80::1%lo", "not an address", "203.0.113.1"])
    assert.equal(await openOwnListener(address), undefined, address);
});

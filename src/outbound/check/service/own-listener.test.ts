import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { openOwnListener } from "./own-listener.ts";

test("an own listener recognises its word after other connections", async () => {
  await using listener = await openOwnListener("127.0.0.1");
  assert.ok(listener !== undefined);
  for (let others = 0; others < 8; others++) {
    const socket = connect(listener.port, listener.address);
    socket.end("GET / HTTP/1.0\r\n\r\n").resume();
    await once(socket, "close");
  }
  assert.equal(await listener.reached(0), false);
  const proxy = connect(listener.port, listener.address);
  proxy.write(`GET /${listener.word} HTTP/1.0\r\n\r\n`);
  const [answer] = await once(proxy, "data");
  assert.match(String(answer), /^HTTP\/1\.1 200 /);
  assert.equal(await listener.reached(1000), true);
  proxy.destroy();
});

test("no listener is opened on an address that cannot be reached", async () => {
  for (const address of [undefined, "", "fe80::1%lo", "name"]) assert.equal(await openOwnListener(address), undefined);
});

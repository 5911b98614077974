import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { connectionPair } from "../../test/harness/connection-pair.ts";
import { addQueues, queueName, sendQueues } from "./send-queues.ts";

const skip = process.platform !== "linux" && "reads /proc/net/tcp";

describe("what the system holds of a connection", { skip }, () => {
  test("is told by its port, until the other side has it", async () => {
    using pair = await connectionPair();
    const { accepted, client, port } = pair;
    const held = async () => (await sendQueues(port))?.get(queueName(accepted)) ?? 0;
    assert.equal(await held(), 0);
    while (accepted.writableLength === 0) {
      accepted.write(Buffer.alloc(2 ** 20));
      await new Promise(setImmediate);
    }
    assert.ok((await held()) > 2 ** 17);
    assert.deepEqual([...((await sendQueues(port))?.keys() ?? [])], [queueName(accepted)]);
    client.resume();
    while (accepted.writableLength > 0 || (await held()) > 0) await new Promise(setImmediate);
    assert.equal(client.bytesRead, accepted.bytesWritten);
  });
});

describe("a table of connections", () => {
  const line = (local: string, remote: string, rest = "00000020:00000000 01:00000014") =>
    `   7: ${local} ${remote} 01 ${rest} 00000000     0        0 1 2 0000000000000000 20 4 0 10 -1\n`;

  test("names them as sockets do, whichever part of it comes at a time", () => {
    const text = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n",
      line("0100007F:20E1", "0200007F:9C40"),
      line("0100007F:9C40", "0200007F:20E1"),
      line("0100007F:20E1", "0300007F:9C40", "00000000:00000000 00:00000000"),
      line("0000000000000000FFFF00000100007F:20E1", "0000000000000000FFFF00000A00007F:0001", "0000FFFF:00000000 01:1"),
      line("00000000000000000000000001000000:20E1", "000080FE00000000000000000100FE7F:FFFF", "00000001:00000000 01:1"),
    ].join("");
    const expected = [
      [queueName({ localAddress: "127.0.0.1", remoteAddress: "127.0.0.2", remotePort: 40_000 }), 32],
      [queueName({ localAddress: "::ffff:127.0.0.1", remoteAddress: "127.0.0.10", remotePort: 1 }), 65_535],
      [queueName({ localAddress: "::1", remoteAddress: "fe80::7ffe:1%eth0", remotePort: 65_535 }), 1],
    ];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: text.length }), (size) => {
        const queues = new Map<string, number>();
        let rest = "";
        for (let at = 0; at < text.length; at += size)
          rest = addQueues(rest + text.slice(at, at + size), { port: 0x20e1, queues });
        assert.equal(rest, "");
        assert.deepEqual([...queues], expected);
      }),
    );
  });

  test("may contain anything", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0AF: \n"), maxLength: 400 }), (text) => {
        addQueues(`${text}\n`, { port: 10, queues: new Map() });
      }),
    );
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseAddress } from "../core/address.ts";
import type { Connection } from "../core/connection.ts";
import { timeStamp } from "../core/wall-clock.ts";
import { identify } from "../wire/identify.ts";
import { ConnectionLog } from "./connection-log.ts";

function connection(payload: string, at = Date.UTC(2026, 0, 31, 8)): Connection {
  const address = parseAddress("89.160.20.112");
  if (address === undefined) throw new TypeError("no address");
  const bytes = Buffer.from(payload);
  return {
    id: "1",
    listener: "portwatcher",
    at,
    peer: { address, port: 51_234 },
    local: { address, port: 1417 },
    end: "byte-limit",
    durationMs: 12,
    bytes: bytes.length,
    payload: bytes,
    phase: "client-first",
    identification: identify(bytes),
  };
}

function setUp() {
  const written: string[] = [];
  const wakers: (() => void)[] = [];
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: () => new Promise<void>((resolve) => wakers.push(resolve)),
  };
  const log = new ConnectionLog(clock, timeStamp("UTC"), (text) => written.push(text));
  const passTime = async () => {
    for (const wake of wakers.splice(0)) wake();
    await Promise.resolve();
  };
  return { log, written, passTime };
}

describe("the lines of connections", () => {
  test("are written together after a moment, in the format of the log", async () => {
    const { log, written, passTime } = setUp();
    log.add(connection("GET /a HTTP/1.1\r\nHost: b\r\n\r\n"));
    log.add(connection(""));
    assert.deepEqual(written, []);
    await passTime();
    assert.equal(written.length, 1);
    const [first, second] = (written[0] ?? "").split("\n");
    assert.match(first ?? "", /^\[2026-01-31 08:00:00\] INFO: connection /);
    assert.match(
      first ?? "",
      /\{"peer":"89\.160\.20\.112:51234","port":1417,"bytes":28,"ms":12,"detected":"http","about":"GET \/a b"\}$/,
    );
    assert.match(second ?? "", /"detected":"none"\}$/);
    log.add(connection(""));
    log.flush();
    assert.equal(written.length, 2);
    await passTime();
    assert.equal(written.length, 2);
  });

  test("name the user of a login over HTTP", () => {
    const { log, written } = setUp();
    log.add(connection(`GET /a HTTP/1.1\r\nHost: b\r\nAuthorization: Basic ${btoa("bob:secret")}\r\n\r\n`));
    log.flush();
    assert.match(written.join(), /"about":"GET \/a b user=bob"\}\n$/);
  });

  test("never hold more than a bounded text, and no line from a client", () => {
    const { log, written } = setUp();
    for (let count = 0; count < 2000; count += 1)
      log.add(connection("GET /\u001b[2J\u202e\n[x] ERROR HTTP/1.1\r\n\r\n"));
    log.flush();
    assert.ok(written.length > 1);
    for (const text of written) {
      assert.ok(text.length < 70_000);
      assert.ok(text.split("\n").every((line) => line === "" || /^\[[^\]]*\] INFO: connection \{.*\}$/.test(line)));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/);
    }
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { connection } from "../../test/alert/samples.ts";
import { KeptLog } from "../../test/enrich/kept-log.ts";
import { ManualClock } from "../../test/notify/manual-clock.ts";
import { identify } from "../wire/identify.ts";
import { ConnectionLines } from "./connection-lines.ts";

test("a flood has a bounded number of lines, and each connection is counted", async () => {
  const clock = new ManualClock();
  const log = new KeptLog();
  const lines = new ConnectionLines(log, clock);
  const one = connection("SSH-2.0-Go\r\n", identify(Buffer.from("SSH-2.0-Go\r\n")));
  for (let second = 0; second < 25; second++) {
    for (let count = 0; count < 1000; count++) lines.add(one);
    clock.advance(1000);
    await new Promise(setImmediate);
  }
  lines.flush();

  const single = log.lines.filter(({ message }) => message === "connection");
  const more = log.lines.filter(({ message }) => message !== "connection").map(({ fields }) => Number(fields["count"]));
  assert.equal(single.length, 300);
  assert.equal(single.length + more.reduce((sum, count) => sum + count, 0), 25_000);
  assert.equal(more.length, 3);
  assert.deepEqual(single[0]?.fields, {
    listener: "decoy",
    peer: "89.160.20.112",
    port: 1417,
    protocol: "ssh",
    bytes: 12,
    end: "client-closed",
  });
});

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { parseAddress } from "../../src/core/address.ts";
import { muteSchema } from "../../src/present/mutes/mute-schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";

test("mutes are listed and ended without the pages, and doctor and deliveries name them", async () => {
  using folder = temporaryFolder();
  const directory = folder.path;
  const address = parseAddress("192.0.2.7") ?? assert.fail();
  {
    await using store = await openStore({ location: path.join(directory, "harbinger.db"), thread: "caller" });
    const now = Date.now();
    const hour = 3_600_000;
    const more = { by: "ann", note: "moved\u001b[31m today" };
    await store.mutes.add({ target: { kind: "host", address, port: 443 }, at: now, until: now + hour, ...more });
    const source = { kind: "source", first: address, last: address } as const;
    await store.mutes.add({ target: source, at: now - hour, until: now - 1, ...more });
  }
  const run = async (...args: readonly string[]) => await harbinger(args, { directory });
  const listed = await run("mutes");
  assert.equal(listed.status, 0);
  assert.match(listed.stdout, /host 192\.0\.2\.7, port 443/);
  assert.match(listed.stdout, /moved\.\[31m today/);
  assert.doesNotMatch(listed.stdout, /connections from/);
  assert.match((await run("mutes", "--all")).stdout, /connections from 192\.0\.2\.7.* over/);
  const json = (await run("mutes", "--json", "--all")).stdout.trim().split("\n");
  assert.deepEqual(
    json.map((line) => muteSchema.parse(JSON.parse(line)).active),
    [false, true],
  );
  const words = /1 mute is in force: what they cover is recorded and not reported\. harbinger mutes lists them\./;
  assert.match((await run("deliveries")).stderr, words);
  assert.match((await run("doctor")).stdout, words);
  const ended = await run("mutes", "end", "1", "2");
  assert.equal(ended.status, 0, ended.stderr);
  assert.match(ended.stderr, /1 mute ended: in force for 5 more seconds\.\n1 mute was over already\./);
  assert.equal((await run("mutes", "end", "9")).status, 1);
  assert.equal((await run("mutes", "end")).status, 2);
  assert.match((await run("mutes", "edn", "1")).stderr, /end/);
});

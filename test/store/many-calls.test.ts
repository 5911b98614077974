/** More calls than a thread of the database should have to wait for. */
import assert from "node:assert/strict";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { connection, record } from "./inbound-sample.ts";

const max = 2000;

test("calls that wait for a database which another program holds are limited, and none of a decoy is lost", async () => {
  using folder = temporaryFolder();
  const location = path.join(folder.path, "harbinger.db");
  await using store = await openStore({ location });
  using other = new DatabaseSync(location);
  other.exec("begin immediate");
  const retried = Array.from({ length: max + 50 }, () => store.deliveries.retry("all", Date.now()));
  const recorded = record(store, [connection("kept")], []);
  const refused = (await Promise.allSettled(retried.slice(max))).map((outcome) =>
    outcome.status === "rejected" ? [outcome.reason.code, outcome.reason.message] : [outcome.status],
  );
  assert.equal(refused.length, 50);
  for (const reason of refused) assert.deepEqual(reason, ["store", `too many calls wait for the database: ${max}`]);
  other.exec("rollback");
  await recorded;
  await Promise.all(retried.slice(0, max));
  assert.deepEqual(
    (await store.connections.list({ limit: 9 })).rows.map(({ id }) => id),
    ["kept"],
  );
  await store.deliveries.retry("all", Date.now());
});

/** Requests that cannot be answered, and what their clients are told. */
import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import { HarbingerError } from "../../src/core/errors.ts";
import type { Store } from "../../src/core/store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { postgresMissing, startPostgres } from "../harness/postgres-server.ts";
import { apiServer } from "./api-server.ts";
import { withOne } from "./with-one.ts";

const names = [
  ...["services", "hosts", "discoveries", "scans"].map((list) => `${list}?watch=`),
  ...["reports", "deliveries"].flatMap((list) => [`${list}?label=`, `${list}?channel=`]),
  ...["scans?engine=", "connections?listener=", "services?format=csv&watch="],
  ...["services/groups?by=subnet&q=watch:", "discoveries?q=watch:", "connections?q=listener:"],
];

async function refusesControlCharacters(store: Store): Promise<void> {
  await using server = await apiServer(store);
  for (const name of names) {
    for (const character of ["%00", "%0a"]) {
      const answer = await server.get(`/api/v1/${name}a${character}b`);
      const { error, message } = (await answer.json()) as { error: string; message: string };
      // A blank ends a word of a search, and the rest is looked for.
      if (character === "%0a" && name.includes("q=")) continue;
      assert.deepEqual([answer.status, error], [400, "bad-request"], `${name}${character}: ${message}`);
      assert.match(message, /without control characters/);
    }
  }
}

describe("what a client is told", () => {
  test("of a name that cannot be one", async () => {
    using folder = temporaryFolder();
    await using store = await openStore({ location: path.join(folder.path, "harbinger.db"), thread: "caller" });
    await refusesControlCharacters(store);
  });

  test("of a name that PostgreSQL cannot read", { skip: postgresMissing() ?? false }, async () => {
    await using postgres = await startPostgres();
    await using store = await openStore({ location: postgres.url });
    await refusesControlCharacters(store);
  });

  test("when the database does not answer", async () => {
    using folder = temporaryFolder();
    await using store = await openStore({ location: path.join(folder.path, "harbinger.db"), thread: "caller" });
    const secret = "postgres://harbinger@192.0.2.1/db";
    const list = async () => {
      throw new HarbingerError("store", `cannot reach the database ${secret}`, { remedy: "Is it running?" });
    };
    await using server = await apiServer(withOne(store, "scans", withOne(store.scans, "list", list)));
    const answer = await server.get("/api/v1/scans");
    const text = await answer.text();
    assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "10"], text);
    assert.match(text, /"error":"database","message":"The database does not answer, or it failed/);
    assert.ok(!text.includes(secret));
  });

  test("of a body that cannot be read", async () => {
    using folder = temporaryFolder();
    await using store = await openStore({ location: path.join(folder.path, "harbinger.db"), thread: "caller" });
    await using server = await apiServer(store);
    const told = async (body: string, headers: Readonly<Record<string, string>>, path = "/api/v1/mutes") => {
      const answer = await fetch(`${server.url}${path}`, { method: "POST", headers, body });
      return `${answer.status} ${((await answer.json()) as { message: string }).message}`;
    };
    const json = { "Content-Type": "application/json" };
    assert.equal(
      await told("{}", { "Content-Type": "text/plain" }),
      "415 Send the body as JSON, with Content-Type: application/json.",
    );
    for (const body of ["{", '{"__proto__":{}}', '{"constructor":{"prototype":{}}}'])
      assert.match(await told(body, json), /^400 The body is not JSON, is compressed, or has a key/, body);
    assert.match(await told("[]", json), /^400 expected a JSON object$/);
    assert.match(await told("", json), /^400 (?:missing; )?expected a JSON object$/);
    assert.match(await told('{"until":"2027-02-30T00:00:00Z"}', json), /until: expected a time of the calendar/);
    // The type of a body that is not needed.
    assert.match(await told("", json, "/api/v1/watches/nobody/scan"), /^404 /);
  });
});

/** Clients that take all exports, or that read one byte by byte: for others, and for the database, it must be as if they were not there. */
import assert from "node:assert/strict";
import net from "node:net";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { Client } from "pg";
import { postgresMissing, startPostgres } from "../harness/postgres-server.ts";
import { AttackedWeb, memoryOf, operateToken, readToken, statusOf } from "./attacked-web.ts";
import { fillLongList } from "./long-list.ts";
import { RunningWeb, tokens, until } from "./running-web.ts";

const list = "/api/v1/connections?format=jsonl";
/** The program looks at its clients every 30 seconds. */
const patienceMs = 100_000;

interface SlowClient extends Disposable {
  readonly received: () => string;
  readonly isClosed: () => boolean;
}

/** Asks for an export, and reads its headers, and then one byte a second. */
function readSlowly(port: number, token: string, localAddress = "127.0.0.1"): SlowClient {
  const buffer = Buffer.alloc(1);
  let received = "";
  let isClosed = false;
  const socket: net.Socket = net.connect({
    port,
    host: "127.0.0.1",
    localAddress,
    onread: {
      buffer,
      callback: () => {
        received += buffer.toString("latin1");
        if (!received.includes("\r\n\r\n")) return true;
        setTimeout(() => socket.resume(), 1000).unref();
        return false;
      },
    },
  });
  socket.on("error", () => {}).once("close", () => (isClosed = true));
  socket.write(`GET ${list} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  return { received: () => received, isClosed: () => isClosed, [Symbol.dispose]: () => void socket.destroy() };
}

async function hasBegun(client: SlowClient): Promise<void> {
  await until("headers", () => client.received().includes("\r\n\r\n"));
  assert.equal(statusOf(client.received()), 200);
}

describe("exports", () => {
  test("of one token are two at once, pipelined or not, and others get theirs", async () => {
    await using web = await AttackedWeb.start({}, { prepare: fillLongList });
    const ask = `GET ${list} HTTP/1.1\r\nHost: ${web.host}\r\nAuthorization: Bearer ${readToken}\r\n\r\n`;
    const greedy = Array.from({ length: 12 }, (_, index) => web.connect(`127.0.8.${index + 1}`));
    for (const socket of greedy) socket.write(ask.repeat(4));
    const bearer = { Authorization: `Bearer ${readToken}` };
    await until("the token has as many as it can", async () => {
      const { status, text } = await web.ask(`GET ${list}`, bearer, { headersOnly: true });
      if (status === 429) {
        assert.match(text, /\r\nretry-after: \d+\r\n/i);
        return true;
      }
      return false;
    });
    const refused = await web.ask(`GET ${list}`, bearer, { from: "127.0.9.9" });
    assert.equal(refused.status, 429, "from another address");
    assert.match(refused.text, /"error":"too-many-exports"/);
    const other = await web.ask(`GET ${list}`, { Authorization: `Bearer ${operateToken}` }, { headersOnly: true });
    assert.equal(other.status, 200);
    const one = await web.ask("GET /api/v1/connections?limit=1", bearer);
    assert.equal(one.status, 200, "a page is no export");
    for (const socket of greedy) socket.destroy();
    await until("room again", async () => {
      const { status } = await web.ask(`GET ${list}`, bearer, { headersOnly: true });
      return status === 200;
    });
  });

  test("that are read byte by byte hold no snapshot of the database, little memory, and end after a minute", async (t) => {
    let file = "";
    const prepare = async (folder: string) => {
      file = path.join(folder, "harbinger.db");
      await fillLongList(folder);
    };
    await using web = await AttackedWeb.start({}, { prepare });
    const before = process.platform === "linux" ? memoryOf(web.pid) : 0;
    const beganAt = performance.now();
    const clients = [readSlowly(web.port, readToken), readSlowly(web.port, readToken, "127.0.8.2")];
    for (const client of clients) await hasBegun(client);
    using database = new DatabaseSync(file, { timeout: 20_000 });
    await until("a checkpoint", () => {
      const row = database.prepare("pragma wal_checkpoint(truncate)").get();
      return row?.["busy"] === 0 && row["log"] === 0;
    });
    if (process.platform === "linux") {
      const growth = memoryOf(web.pid) - before;
      t.diagnostic(`${Math.round(growth / 2 ** 20)} MiB more`);
      assert.ok(growth < 120 * 2 ** 20, `${growth} bytes`);
    }
    // What the system has taken for them already they can go on to read; the program is rid of them.
    const bearer = { Authorization: `Bearer ${readToken}` };
    const isFree = async () => (await web.ask(`GET ${list}`, bearer, { headersOnly: true })).status === 200;
    assert.equal(await isFree(), false);
    await until("room for another export", isFree, patienceMs);
    t.diagnostic(`ended after ${Math.round((performance.now() - beganAt) / 1000)} s`);
    for (const client of clients) client[Symbol.dispose]();
  });

  test("that are read byte by byte leave no transaction open in PostgreSQL", {
    skip: postgresMissing() ?? false,
  }, async () => {
    await using postgres = await startPostgres();
    await fillLongList("", postgres.url);
    await using web = await RunningWeb.start(
      `store: "${postgres.url}"\nwatches: { never: { targets: 127.0.0.1, ports: 1, schedule: "0 4 1 1 *", only_on_schedule: true } }\n`,
    );
    using slow = readSlowly(web.port, tokens.read);
    await hasBegun(slow);
    const client = new Client(postgres.url);
    await client.connect();
    const open = async () => {
      const { rows } = await client.query(
        "select state, query from pg_stat_activity where pid <> pg_backend_pid() and backend_xmin is not null",
      );
      return rows.length;
    };
    await until("no snapshot is held", async () => (await open()) === 0);
    assert.equal(slow.isClosed(), false, "while the export goes on");
    await client.end();
  });
});

import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { type PackedConnections, valuesOfRow } from "./connection-sink.ts";

const database = new DatabaseSync(String(workerData));
database.exec(`
  pragma journal_mode = wal;
  pragma synchronous = normal;
  create table connection (
    number integer primary key, id text not null unique, listener text not null, at integer not null,
    peer_address text not null, peer_port integer not null, local_address text not null, local_port integer not null,
    ended text not null, duration_ms integer not null, bytes integer not null, phase text not null,
    protocol text not null, identification text not null, payload blob not null
  );
  create index connection_by_peer on connection (peer_address);
`);
const insert = database.prepare(
  "insert into connection values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing",
);
let stored = 0;

parentPort?.on("message", (packed: PackedConnections | "close") => {
  if (packed === "close") {
    const counted = database.prepare("select count(*) as rows from connection").get()?.["rows"];
    parentPort?.postMessage(Number(counted));
    database.close();
    parentPort?.close();
    return;
  }
  database.exec("begin immediate");
  const { values, payloads } = packed;
  let from = 0;
  for (let row = 0; row < values.length; row += valuesOfRow) {
    const length = Number(values[row + valuesOfRow - 1]);
    insert.run(...values.slice(row, row + valuesOfRow - 1), payloads.subarray(from, from + length));
    from += length;
  }
  database.exec("commit");
  stored += values.length / valuesOfRow;
  parentPort?.postMessage(stored);
});

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { mmdbOf } from "../enrich/mmdb-file.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { connectTo, freePorts } from "../harness/reloading.ts";
import { RunningWeb, until } from "./running-web.ts";

test("a connection has its place from the start, live and stored, also if nobody gets an alert", async () => {
  const [decoy = 0] = await freePorts(1);
  using folder = temporaryFolder();
  const database = path.join(folder.path, "city.mmdb");
  writeFileSync(database, mmdbOf({ "127.0.0.0/8": { country: { iso_code: "DE", names: { en: "Germany" } } } }));
  await using web = await RunningWeb.start(`listeners: { decoy: { host: 127.0.0.1, ports: ${decoy} } }
alerts: { notify: [], ignore: { loopback: false } }
enrich: { rdns: { enabled: false }, geoip: { country_data: false, city_database: "${database}", allow_private: true } }
`);
  using stream = web.events("/api/v1/events?kinds=connection");
  await until("the stream", () => stream.status === 200);
  assert.equal((await connectTo(decoy)).error, undefined);
  await until("the connection", () => stream.received.length > 0);
  const placeOf = (row: Record<string, unknown> | undefined) => [row?.["countryCode"], row?.["country"]];
  const rows = (await web.rows("/connections")) as Record<string, unknown>[];
  const origins = [stream.received[0]?.data, rows.at(-1)].map((row) => placeOf(row?.["origin"] as never));
  assert.deepEqual(origins, [
    ["DE", "Germany"],
    ["DE", "Germany"],
  ]);
  assert.equal((await web.stop()).status, 0);
});

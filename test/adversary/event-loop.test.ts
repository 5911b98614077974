import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { runCheck } from "../check/run-check.ts";
import { longestTurn } from "./longest-turn.ts";

/** No peer may block the event loop for longer: the decoys and all other parts of this program run in it too. */
const maxTurnMs = 50;

const script = path.join(import.meta.dirname, "hostile-peers.ts");
const peers = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
let ports: Readonly<Record<string, number>> = {};

before(async () => {
  const [line]: unknown[] = await once(peers.stdout, "data");
  ports = JSON.parse(String(line));
  // Compilation and file reads at the first use are not caused by the peer.
  for (const name of checks) await run(name, "numbers");
});
after(() => peers.kill());

const checks = ["http", "exposure", "service", "tls", "cert", "kafka"] as const;
const entries = ["pgadmin", "openvpn-as", "websphere", "sophos-utm", "hazelcast", "clickhouse", "rsync", "telnet"];

async function run(check: string, peer: string, options: Record<string, string | true> = {}): Promise<void> {
  const port = ports[peer];
  assert.ok(port !== undefined, peer);
  await runCheck(check, port, { timeoutMs: 1500, options });
}

test("the longest turn is measured in processor time", async () => {
  const spin = () => {
    const begin = process.threadCpuUsage().user;
    while (process.threadCpuUsage().user - begin < 30_000);
  };
  assert.ok((await longestTurn(async () => spin())) > 10);
  assert.ok((await longestTurn(async () => {})) < maxTurnMs);
});

describe("the event loop is blocked for at most 50 ms of processor time by", { concurrency: 1 }, () => {
  for (const peer of [
    ...[
      "titles",
      "pgadmin",
      "openvpn",
      "password",
      "links",
      "inputs",
      "icons",
      "blanks",
      "brackets",
      "numbers",
      "keys",
    ],
    ...["gzip bomb", "chunks of one byte", "endless headers", "secrets in a header", "telnet of secrets"],
    ...["telnet options", "telnet subnegotiations", "a line without end", "lines that go on", "a line that drips"],
    ...["many small packets", "a long record", "records of TLS", "32 certificates", "a page behind TLS"],
    ...["renegotiation requests", "a flood behind TLS", "a slow page behind TLS"],
  ]) {
    test(peer, async () => {
      const services = peer === "password" || peer === "titles" ? entries : [];
      const runs = [
        ...checks.map((check) => ({ name: check, run: () => run(check, peer) })),
        ...services.map((service) => ({ name: service, run: () => run("exposure", peer, { service }) })),
      ];
      // All at once: if they do not block it together for longer than one may, none does. Otherwise each is measured separately.
      if ((await longestTurn(() => Promise.all(runs.map((each) => each.run())))) <= maxTurnMs) return;
      const turns: Record<string, number> = {};
      for (const each of runs) turns[each.name] = await longestTurn(each.run);
      assert.deepEqual(
        Object.entries(turns).filter(([, ms]) => ms > maxTurnMs),
        [],
      );
    });
  }
});

// The database thread ends while the program runs: only a restart helps, by the service manager.
import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { launcherOf } from "../harness/launchers.ts";

const preload = pathToFileURL(path.join(import.meta.dirname, "../harness/end-store-thread.mjs"));
const portwatcher = launcherOf("portwatcher");
const skip = process.platform === "win32" ? "needs signals" : false;

async function connectTo(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.end("hello\r\n");
  socket.resume();
  await once(socket, "close");
}

async function recorded(directory: string, environment: Readonly<Record<string, string>> = {}): Promise<number> {
  const { stdout } = await harbinger(["connections", "--json"], { directory, environment });
  return stdout.split("\n").filter((line) => line !== "").length;
}

async function untilRecorded(count: number, directory: string, environment?: Readonly<Record<string, string>>) {
  for (let tries = 0; (await recorded(directory, environment)) < count; tries++) {
    assert.ok(tries < 100, "the connection is not recorded");
  }
}

/** Starts the program, has it store one connection, and ends its thread. */
async function loseStore(
  args: readonly string[],
  {
    port,
    directory,
    database,
    ...options
  }: {
    readonly port: number;
    readonly directory: string;
    readonly database: string;
    readonly launcher?: string;
    readonly environment?: Readonly<Record<string, string>>;
  },
) {
  const running = startHarbinger(args, {
    ...options,
    directory,
    environment: { ...options.environment, NODE_OPTIONS: `--import=${preload.href}` },
  });
  await running.waitForOutput(/listening/);
  await connectTo(port);
  const store = { HARBINGER_STORE: `sqlite:${database}` };
  await untilRecorded(1, directory, store);
  running.process.kill("SIGUSR2");
  const ended = await running.ended;
  assert.deepEqual([ended.status, ended.signal], [1, null], ended.stderr);
  assert.match(ended.stderr, /lost the database, exiting/);
  assert.match(ended.stderr, /Start the program again; what was stored is safe/);
  assert.equal(await recorded(directory, store), 1);
}

describe("a process whose database thread has ended", { skip, concurrency: 2 }, () => {
  test("ends with status 1 and a message, and continues with what was stored when it is started again", async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `listeners: { decoy: { host: 127.0.0.1, ports: ${port} } }
alerts: { notify: [], ignore: { loopback: false } }
watches: { w: { targets: 127.0.0.1, ports: 1, schedule: "0 0 1 1 *", devices: false } }
`,
    );
    await loseStore(["run"], { port, directory: folder.path, database: "harbinger.db" });
    const again = startHarbinger(["run"], { directory: folder.path });
    await again.waitForOutput(/listening/);
    await connectTo(port);
    await untilRecorded(2, folder.path);
    again.process.kill("SIGTERM");
    assert.equal((await again.ended).status, 0);
  });

  test("does the same as portwatcher", async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    const database = path.join(folder.path, "p.db");
    const environment = { PW_PORT: String(port), PW_STORE: database, PW_NOTIFY_IGNORE_LOOPBACK: "0" };
    await loseStore([], { port, directory: folder.path, database, environment, launcher: portwatcher });
  });
});

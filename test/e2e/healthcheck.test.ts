// The health check of both programs, against real processes.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { describe, test } from "node:test";
import { variableNames } from "../../src/compat/portwatcher/variables.ts";
import { openStore } from "../../src/store/open-store.ts";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { launcherOf } from "../harness/launchers.ts";

const portwatcher = launcherOf("portwatcher");
const nothing = Object.fromEntries(variableNames.map((name) => [name, undefined]));

async function recorded(file: string): Promise<number> {
  await using store = await openStore({ location: file, thread: "caller" });
  return await store.connections.count();
}

/** A connection that is recorded, to show that others are not. */
async function connectTo(port: number): Promise<void> {
  const socket = net.connect(port, "127.0.0.1", () => socket.end("GET / HTTP/1.0\r\n\r\n"));
  socket.resume();
  await new Promise((resolve) => socket.on("close", resolve).on("error", resolve));
}

describe("harbinger healthcheck", () => {
  test("is healthy while it runs, is not recorded as a connection, and is unhealthy if nothing runs", async () => {
    using folder = temporaryFolder();
    const options = { directory: folder.path };
    const port = await freePort();
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `listeners: { decoy: { ports: ${port} } }\nalerts: { notify: [] }\n`,
    );
    const before = await harbinger(["healthcheck"], options);
    assert.equal(before.status, 1);
    assert.match(before.stdout, /^unhealthy\nbad {2}process: harbinger run is not running: nothing listens at /);

    const running = startHarbinger(["run"], options);
    await running.waitForOutput("listening");
    for (let times = 0; times < 3; times++) {
      const { status, stdout } = await harbinger(["healthcheck"], options);
      assert.equal(
        stdout,
        "healthy\nok   listener decoy: accepts connections\nok   database: can be written\nok   deliveries: 0 waiting\n",
      );
      assert.equal(status, 0);
    }
    const json = JSON.parse((await harbinger(["healthcheck", "--json"], options)).stdout);
    assert.equal(json.healthy, true);
    await connectTo(port);
    running.process.kill("SIGTERM");
    assert.equal((await running.ended).status, 0);
    assert.equal(await recorded(path.join(folder.path, "harbinger.db")), 1);
    assert.equal((await harbinger(["healthcheck"], options)).status, 1);
  });

  test("answers again after the process was killed and started again", async () => {
    using folder = temporaryFolder();
    const options = { directory: folder.path };
    writeFileSync(path.join(folder.path, "harbinger.yaml"), `listeners: { decoy: { ports: ${await freePort()} } }\n`);
    const killed = startHarbinger(["run"], options);
    await killed.waitForOutput("listening");
    killed.process.kill("SIGKILL");
    await killed.ended;
    const again = startHarbinger(["run"], options);
    await again.waitForOutput("listening");
    assert.equal((await harbinger(["healthcheck"], options)).status, 0);
    again.process.kill("SIGTERM");
    await again.ended;
  });

  test("reports that a process that hangs does not answer", {
    skip: process.platform === "win32" && "no SIGSTOP",
  }, async () => {
    using folder = temporaryFolder();
    const options = { directory: folder.path };
    writeFileSync(path.join(folder.path, "harbinger.yaml"), `listeners: { decoy: { ports: ${await freePort()} } }\n`);
    const running = startHarbinger(["run"], options);
    await running.waitForOutput("listening");
    running.process.kill("SIGSTOP");
    const { status, stdout } = await harbinger(["healthcheck"], options);
    running.process.kill("SIGCONT");
    running.process.kill("SIGTERM");
    await running.ended;
    assert.equal(status, 1);
    assert.match(stdout, /no answer within 10 seconds/);
  });
});

describe("portwatcher healthcheck", () => {
  test("is healthy while it runs, and none of its requests is recorded or sent", async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    const options = {
      directory: folder.path,
      launcher: portwatcher,
      environment: {
        ...nothing,
        PW_PORT: String(port),
        PW_RDNS_ENABLE: "0",
        PW_NOTIFY_IGNORE_LOOPBACK: "0",
        PW_LOG_IGNORE_SUPPRESSED: "0",
      },
    };
    assert.equal((await harbinger(["healthcheck"], options)).status, 1);
    const running = startHarbinger([], options);
    await running.waitForOutput("listening");
    const { status, stdout } = await harbinger(["healthcheck"], options);
    assert.match(stdout, /^healthy\nok {3}listener \S+: accepts connections\n/);
    assert.equal(status, 0);
    await connectTo(port);
    running.process.kill("SIGTERM");
    const { stderr } = await running.ended;
    assert.equal(stderr.match(/INFO: connection /g)?.length, 1, stderr);
    assert.equal(await recorded(path.join(folder.path, `portwatcher-${port}.db`)), 1);
  });

  test("rejects any argument", async () => {
    using folder = temporaryFolder();
    const { status, stderr } = await harbinger(["health"], { directory: folder.path, launcher: portwatcher });
    assert.equal(status, 2);
    assert.match(stderr, /unknown arguments: health/);
  });
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { silentLog } from "../../core/log.ts";
import { askControl } from "./ask-control.ts";
import { askForHealth } from "./ask-health.ts";
import { controlPlace } from "./control-place.ts";
import { ControlServer } from "./control-server.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "control-"));
after(() => rmSync(folder, { recursive: true }));

let count = 0;
function newPlace(): string {
  count += 1;
  return process.platform === "win32"
    ? `\\\\.\\pipe\\control-test-${process.pid}-${count}`
    : path.join(folder, `${count}`);
}

/** As a killed process leaves it. */
function leaveSocketAt(place: string): void {
  const script = "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
  spawnSync(process.execPath, ["-e", script, place]);
  assert.ok(statSync(place).isSocket());
}

describe("requests to a running process", () => {
  test("are answered, also with the error of an unknown or failed request", async () => {
    const place = newPlace();
    await using server = new ControlServer({
      place,
      answers: {
        health: async () => ({ healthy: true }),
        trouble: async () => Promise.reject(new Error("disk full")),
      },
      log: silentLog,
    });
    await server.start();
    assert.deepEqual(await askControl(place, "health", 5000), { kind: "answer", value: { healthy: true } });
    assert.deepEqual(await askControl(place, "trouble", 5000), { kind: "answer", value: { error: "disk full" } });
    for (const question of ["constructor", "", "x".repeat(5000)]) {
      assert.deepEqual(await askControl(place, question, 5000), {
        kind: "answer",
        value: { error: "unknown request" },
      });
    }
  });

  test("fail without a process, also if a killed process left its socket behind", async () => {
    const place = newPlace();
    assert.deepEqual(await askControl(place, "health", 5000), { kind: "not-running" });
    if (process.platform === "win32") return;
    leaveSocketAt(place);
    assert.deepEqual(await askControl(place, "health", 5000), { kind: "not-running" });
    await using server = new ControlServer({ place, answers: { a: async () => 1 }, log: silentLog });
    await server.start();
    assert.deepEqual(await askControl(place, "a", 5000), { kind: "answer", value: 1 });
    assert.equal(statSync(place).mode & 0o777, 0o600);
  });

  test("are not answered if a file that is not a socket has the name, and the file stays", async () => {
    const file = path.join(folder, "precious.txt");
    writeFileSync(file, "precious");
    const warned: string[] = [];
    const log = { ...silentLog, warn: (text: string) => void warned.push(text) };
    await using server = new ControlServer({ place: file, answers: {}, log });
    await server.start();
    assert.deepEqual(warned, ["cannot listen on the control socket: healthcheck and reload do not work"]);
    await server[Symbol.asyncDispose]();
    assert.equal(readFileSync(file, "utf8"), "precious");
  });

  test("leave no socket behind, and a pending one does not delay shutdown", async () => {
    const place = newPlace();
    const server = new ControlServer({ place, answers: { never: () => new Promise(() => undefined) }, log: silentLog });
    await server.start();
    const asked = askControl(place, "never", 60_000);
    const silent = net.connect(place);
    await once(silent, "connect");
    await server[Symbol.asyncDispose]();
    assert.deepEqual(await asked, { kind: "failed", reason: "the process ended before it answered" });
    silent.destroy();
    assert.equal(existsSync(place), false);
  });

  test("time out if they are incomplete, and end if the client keeps sending", async () => {
    const place = newPlace();
    await using server = new ControlServer({ place, answers: { a: async () => 1 }, log: silentLog, limitMs: 300 });
    await server.start();
    const half = net.connect(place).on("error", () => undefined);
    const trickle = setInterval(() => half.write("h"), 10);
    const endless = net.connect(place).on("error", () => undefined);
    const flood = setInterval(() => endless.write("x".repeat(65_536)), 10);
    endless.write("a\n");
    try {
      let received = "";
      endless.setEncoding("utf8").on("data", (text: string) => {
        received += text;
      });
      // Writing to a closed socket is an error, which Node's `once` would treat as the end of the wait.
      await Promise.all([half, endless].map((socket) => new Promise((resolve) => socket.on("close", resolve))));
      assert.equal(received, "1\n");
    } finally {
      clearInterval(trickle);
      clearInterval(flood);
    }
    assert.deepEqual(await askControl(place, "a", 5000), { kind: "answer", value: 1 });
  });

  test("cannot use up all open files: more than sixteen at once are closed", async () => {
    const place = newPlace();
    await using server = new ControlServer({ place, answers: {}, log: silentLog });
    await server.start();
    const sockets = Array.from({ length: 40 }, () => net.connect(place).on("error", () => undefined));
    const closed = await Promise.all(sockets.slice(16).map((socket) => once(socket, "close")));
    assert.equal(closed.length, 24);
    for (const socket of sockets) socket.destroy();
  });
});

describe("the place of the socket", { skip: process.platform === "win32" && "named pipes have no folder" }, () => {
  test("is beside the database file, and in a private folder if that path is too long or the store is not a file", () => {
    assert.equal(controlPlace("sqlite:/var/lib/h/a.db", {}), "/var/lib/h/a.db.control");
    const long = controlPlace(`/var/${"x".repeat(200)}/a.db`, {});
    assert.equal(path.dirname(long), path.join(os.tmpdir(), `harbinger-${process.getuid?.()}`));
    const database = controlPlace("postgres://me:secret@db.example/h", {});
    assert.equal(path.dirname(database), path.dirname(long));
    assert.equal(database, controlPlace("postgres://you@db.example:5432/h", {}));
    assert.notEqual(database, controlPlace("postgres://me@db.example/other", {}));
  });

  test("is refused if another user created that folder", {
    skip: process.getuid?.() !== 0 && "needs root to give a folder away",
  }, async () => {
    const temporary = process.env["TMPDIR"];
    process.env["TMPDIR"] = path.join(folder, "temporary");
    try {
      const place = controlPlace("postgres://me@db.example/h", {});
      mkdirSync(path.dirname(place), { recursive: true });
      chownSync(path.dirname(place), 65_534, 65_534);
      const answer = await askControl(place, "health", 5000);
      assert.match(answer.kind === "failed" ? answer.reason : "", /belongs to another user/);
    } finally {
      if (temporary === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = temporary;
    }
  });

  test("leaves a folder that the user chose as it is, also among the temporary files", async () => {
    const chosen = mkdtempSync(path.join(os.tmpdir(), "control-chosen-"));
    try {
      chmodSync(chosen, 0o755);
      const place = controlPlace(path.join(chosen, "a.db"), {});
      await using server = new ControlServer({ place, answers: {}, log: silentLog });
      await server.start();
      assert.equal(statSync(chosen).mode & 0o777, 0o755);
    } finally {
      rmSync(chosen, { recursive: true });
    }
  });

  test("is the value of HARBINGER_CONTROL", () => {
    assert.equal(controlPlace("a.db", { HARBINGER_CONTROL: "/run/h/control" }), "/run/h/control");
  });
});

test("the health of a process of an earlier or a later version is understood", async () => {
  const store = path.join(folder, "versions.db");
  const part = { part: "deliveries", healthy: true, finding: "0 waiting, 2 given up" };
  const later = { ...part, deliveries: "dead", sinceLater: 1 };
  let told: readonly object[] = [];
  await using server = new ControlServer({
    place: controlPlace(store),
    answers: { health: async () => ({ healthy: true, parts: told, toldLater: true }) },
    log: silentLog,
  });
  await server.start();
  for (const [answer, expected] of [
    [part, part],
    [later, { ...part, deliveries: "dead" }],
  ] as const) {
    told = [answer];
    assert.deepEqual(await askForHealth(store, "harbinger run"), { healthy: true, isRunning: true, parts: [expected] });
  }
});

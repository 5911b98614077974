import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { parseAddress } from "../../src/core/address.ts";
import { parseMac } from "../../src/core/device.ts";
import { deviceSchema } from "../../src/present/devices/device-schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import { HttpServer } from "../harness/http-server.ts";
import { openPort } from "../harness/open-port.ts";
import { RunningWeb, until } from "./running-web.ts";

const never = '"0 0 1 1 *"';

test("actions need the right to operate", async () => {
  await using web = await RunningWeb.start(
    `watches: { lan: { targets: [127.0.0.1], ports: [1], schedule: ${never} } }\n`,
  );
  for (const [method, place, body] of [
    ["POST", "/api/v1/deliveries/1/retry", undefined],
    ["POST", "/api/v1/deliveries/retry", undefined],
    ["PATCH", "/api/v1/devices/52:54:00:12:34:56", { approved: true }],
    ["POST", "/api/v1/watches/lan/scan", undefined],
    ["DELETE", "/api/v1/watches/lan/scan", undefined],
  ] as const) {
    assert.equal((await web.ask(method, place, { body })).status, 401, place);
    assert.equal((await web.ask(method, place, { body, role: "read" })).status, 403, place);
    const { status } = await web.ask(method, place, { body, role: "operate" });
    assert.ok(![401, 403, 500].includes(status), `${method} ${place}: ${status}`);
  }
  const devices = "/api/v1/devices";
  for (const [method, place, status, body] of [
    ["POST", "/api/v1/deliveries/999/retry", 404, undefined],
    ["POST", "/api/v1/deliveries/0/retry", 400, undefined],
    ["POST", "/api/v1/deliveries/1e3x/retry", 400, undefined],
    ["PATCH", `${devices}/52:54:00:12:34:56`, 404, { name: "x" }],
    ["PATCH", `${devices}/52:54:00:12:34:56`, 400, {}],
    ["PATCH", `${devices}/52:54:00:12:34:56`, 400, { mac: "x" }],
    ["PATCH", `${devices}/52:54:00:12:34:56`, 400, { name: "x".repeat(201) }],
    ["PATCH", `${devices}/192.168.1.1`, 400, { name: "x" }],
    ["POST", "/api/v1/watches/constructor/scan", 404, undefined],
    ["DELETE", "/api/v1/watches/wan/scan", 404, undefined],
  ] as const) {
    const answer = await web.ask(method, place, { body, role: "operate" });
    assert.equal(answer.status, status, `${method} ${place} ${answer.body}`);
  }
});

test("a watch is started before its time, and stopped", async () => {
  await using open = await openPort("127.0.0.1");
  await using web = await RunningWeb.start(`scan: { max_rate: 100 }
watches:
  short: { targets: [127.0.0.1], ports: [${open.port}], schedule: ${never} }
  long: { targets: [127.84.1.1], ports: [1-60000], schedule: ${never} }
`);
  using stream = web.events();
  await until("the stream", () => stream.status === 200);
  const scans = (watch: string, status: string) =>
    stream.received.filter(
      ({ event, data }) => event === "scan" && data["watch"] === watch && data["status"] === status,
    );
  await until("the end of the first run", async () => {
    const { status } = await web.ask("DELETE", "/api/v1/watches/long/scan", { role: "operate" });
    return status === 409 || status === 202;
  });
  await until("no run", async () => {
    const { status } = await web.ask("POST", "/api/v1/watches/short/scan", { role: "operate" });
    return status === 202;
  });
  await until("a scan", () => scans("short", "complete").length > 0);
  const before = scans("long", "running").length;
  await until("the start of the long one", async () => {
    const { status } = await web.ask("POST", "/api/v1/watches/long/scan", { role: "operate" });
    return status === 202;
  });
  await until("its scan", () => scans("long", "running").length > before);
  await until("its progress", () =>
    stream.received.some(({ event, data }) => event === "progress" && data["watch"] === "long"),
  );
  assert.equal((await web.ask("POST", "/api/v1/watches/long/scan", { role: "operate" })).status, 409);
  // It may run beside the long one, from the request above.
  await until("a queued run", async () => {
    const queued = await web.ask("POST", "/api/v1/watches/short/scan", { role: "operate" });
    return queued.status === 202 && JSON.parse(queued.body).state === "queued";
  });
  const cancelled = await web.ask("DELETE", "/api/v1/watches/short/scan", { role: "operate" });
  assert.deepEqual([cancelled.status, JSON.parse(cancelled.body)], [202, { state: "cancelled" }]);
  const stopped = await web.ask("DELETE", "/api/v1/watches/long/scan", { role: "operate" });
  assert.deepEqual([stopped.status, JSON.parse(stopped.body)], [202, { state: "stopping" }]);
  await until("the end of the long one", () =>
    stream.received.some(
      ({ event, data }) => event === "scan" && data["watch"] === "long" && data["status"] !== "running",
    ),
  );
  const runs = () =>
    stream.received
      .filter(({ event, data }) => event === "watch" && data["name"] === "long")
      .map(({ data }) => data["running"]);
  await until("the end of its run", () => runs().at(-1) === false);
  assert.deepEqual(runs().slice(-2), [true, false]);
  await until(
    "rest",
    async () => (await web.ask("DELETE", "/api/v1/watches/long/scan", { role: "operate" })).status === 409,
  );
  assert.equal((await web.stop()).status, 0);
});

test("a scan that somebody stopped says who did, and is reported to nobody as a failure", {
  skip: process.platform === "win32" && "a command line of a POSIX shell",
}, async () => {
  await using server = await HttpServer.start();
  await using web = await RunningWeb.start(`notify: { webhooks: { hook: { url: "${server.url}/hook" } } }
watches:
  slow: { command: "sleep 600", ports: 22, notify: [hook], devices: false, schedule: ${never} }
`);
  const scans = async () => (await web.rows("/scans?limit=5")).map(({ status, reason }) => [status, reason]);
  const starts = async () => (await web.ask("POST", "/api/v1/watches/slow/scan", { role: "operate" })).status === 202;
  const isSlowRunning = async () => (await scans())[0]?.[0] === "running";
  // A new watch may start by itself.
  await until("a scan", async () => (await isSlowRunning()) || (await starts()));
  await until("its start", isSlowRunning);
  assert.equal((await web.ask("DELETE", "/api/v1/watches/slow/scan", { role: "operate" })).status, 202);
  await until("its end", async () => !(await isSlowRunning()));
  assert.deepEqual(await scans(), [["partial", "stopped by operate through the API"]]);
  await until("another start", starts);
  await until("its start", isSlowRunning);
  const { status, stdout, stderr } = await web.stop();
  assert.equal(status, 0);
  assert.match(stdout + stderr, /INFO.* scan stopped .*stopped by operate through the API/);
  await using store = await openStore({ location: path.join(web.folder, "harbinger.db"), thread: "caller" });
  const [last] = (await store.scans.list({ limit: 1 })).rows;
  assert.deepEqual([last?.status, last?.reason], ["partial", "stopped by the shutdown of harbinger (SIGTERM)"]);
  assert.deepEqual(server.received, []);
});

test("a device is named and approved", async () => {
  const mac = parseMac("52:54:00:00:00:10") ?? assert.fail();
  const address = parseAddress("192.168.50.10") ?? assert.fail();
  await using web = await RunningWeb.start(
    `watches: { lan: { targets: [127.0.0.1], ports: [1], schedule: ${never} } }\n`,
    async (folder) => {
      await using store = await openStore({ location: path.join(folder, "harbinger.db"), thread: "caller" });
      await store.devices.record({
        watch: "lan",
        at: Date.UTC(2026, 0, 1),
        present: [{ mac, address, link: "eth0" }],
        names: new Map(),
        vendors: new Map(),
        probed: [],
        policy: { goneAfter: 2, flapLimit: 4, flapWindowMs: 1000 },
        audiences: [],
      });
    },
  );
  const change = async (body: object) => {
    const answer = await web.ask("PATCH", `/api/v1/devices/${mac}`, { role: "operate", body });
    assert.equal(answer.status, 200, answer.body);
    const { name, approved } = deviceSchema.parse(JSON.parse(answer.body));
    return [name, approved];
  };
  assert.deepEqual(await change({ approved: true }), [null, true]);
  assert.deepEqual(await change({ name: " Anna's phone <b> " }), ["Anna's phone <b>", true]);
  assert.deepEqual(await change({ name: null, approved: false }), [null, false]);
});

test("a dead delivery is retried and arrives", async () => {
  await using open = await openPort("127.0.0.1");
  await using server = await HttpServer.start();
  server.fault = { kind: "reply", status: 400, text: "no" };
  await using web = await RunningWeb.start(`notify: { webhooks: { hook: { url: "${server.url}/hook" } } }
watches: { lan: { targets: [127.0.0.1], ports: [${open.port}], notify: [hook], schedule: ${never} } }
`);
  using stream = web.events("/api/v1/events?after=0-0-0-0&kinds=delivery");
  const last = () => stream.received.at(-1)?.data;
  await until("the dead delivery", () => last()?.["state"] === "dead");
  const id = Number(last()?.["id"]);
  server.fault = undefined;
  const retried = await web.ask("POST", `/api/v1/deliveries/${id}/retry`, { role: "operate" });
  assert.equal(retried.status, 200, retried.body);
  assert.equal(JSON.parse(retried.body).id, id);
  await until("the delivery", () => last()?.["state"] === "delivered");
  assert.equal((await web.ask("POST", `/api/v1/deliveries/${id}/retry`, { role: "operate" })).status, 409);
  const all = await web.ask("POST", "/api/v1/deliveries/retry", { role: "operate" });
  assert.deepEqual([all.status, JSON.parse(all.body)], [200, { due: 0 }]);
});

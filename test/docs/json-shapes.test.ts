// docs/reference/json.md is generated from schemas; here they parse the program's real output.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { describe, test } from "node:test";
import { jsonShapes } from "../../scripts/manual/json-shapes.ts";
import { parseAddress } from "../../src/core/address.ts";
import { parseMac } from "../../src/core/device.ts";
import { parseRange } from "../../src/core/network.ts";
import { openStore } from "../../src/store/open-store.ts";
import { fillStore } from "../e2e/examined-store.ts";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { repository } from "./markdown.ts";

type Shape = keyof typeof jsonShapes;

function fits(shape: Shape, value: unknown): void {
  const outcome = jsonShapes[shape].safeParse(value);
  assert.ok(outcome.success, `${shape}: ${outcome.error?.message}\n${JSON.stringify(value)}`);
}

async function linesOf(directory: string, ...args: string[]): Promise<unknown[]> {
  const { status, stdout, stderr } = await harbinger([...args, "--json"], { directory });
  assert.equal(status, 0, stderr);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  assert.notEqual(lines.length, 0);
  return lines;
}

/** A device on an own network that has an address in the store. */
async function addDevice(directory: string, host: string): Promise<void> {
  await using store = await openStore({ location: path.join(directory, "harbinger.db"), thread: "caller" });
  const mac = parseMac("52:54:00:00:00:10") ?? assert.fail();
  await store.devices.record({
    watch: "lan-web",
    at: Date.now(),
    present: [{ mac, address: parseAddress(host) ?? assert.fail(), link: "eth0" }],
    names: new Map([[mac, [{ name: "nas.lan", source: "dns" }]]]),
    vendors: new Map([[mac, "QEMU/KVM virtual machine"]]),
    probed: [parseRange("10.0.0.0/24") ?? assert.fail()],
    policy: { goneAfter: 2, flapLimit: 4, flapWindowMs: 1000 },
    audiences: [],
  });
}

describe("the JSON reference", () => {
  test("describes what commands print from the store", async () => {
    using folder = temporaryFolder();
    const id = await fillStore(folder.path);
    await addDevice(folder.path, "10.0.0.5");
    const shapes: readonly (readonly [Shape, ...string[]])[] = [
      ["service", "hosts"],
      ["service details", "hosts", "10.0.0.5"],
      ["service details", "hosts", "10.0.0.6"],
      ["device", "devices"],
      ["certificate", "certificates", "--all"],
      ["report", "reports"],
      ["delivery", "deliveries"],
    ];
    for (const [shape, ...command] of shapes) {
      for (const line of await linesOf(folder.path, ...command)) fits(shape, line);
    }
    const [report, ...discoveries] = await linesOf(folder.path, "reports", "show", String(id));
    fits("report details", report);
    for (const discovery of discoveries) fits("discovery", discovery);
  });

  test("describes open ports, connections and identifications", async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    const listening = startHarbinger(["listen", String(port), "--json", "--host", "127.0.0.1"], {
      directory: folder.path,
    });
    await listening.waitForOutput("Listening on 127.0.0.1");
    for (const line of await linesOf(folder.path, "scan", "127.0.0.1", "-p", String(port))) fits("sighting", line);
    const client = net.connect(port, "127.0.0.1");
    client.end("GET /login HTTP/1.1\r\nHost: decoy.example\r\n\r\n");
    client.resume();
    await listening.waitForOutput("login");
    listening.process.kill("SIGTERM");
    const { stdout } = await listening.ended;
    for (const line of stdout.trim().split("\n")) fits("connection", JSON.parse(line));
    for (const input of ["GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "\u0001\u0002\u0003", ""]) {
      const { stdout } = await harbinger(["identify", "-"], { directory: folder.path, input });
      fits("identification", JSON.parse(stdout));
    }
  });

  test("describes report files", () => {
    for (const folder of ["src/outbound/report/golden", "test/report/golden"]) {
      const files = readdirSync(path.join(repository, folder)).filter((name) => name.endsWith(".json.golden"));
      assert.notEqual(files.length, 0);
      for (const file of files) {
        fits("report file", JSON.parse(readFileSync(path.join(repository, folder, file), "utf8")));
      }
    }
  });
});

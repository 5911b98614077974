import assert from "node:assert/strict";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { configure, importFiles } from "./import-cli.ts";

const hosts = 200_000;

/** nmap's XML with one open port on each of this many hosts. */
async function writeScan(file: string, count: number): Promise<void> {
  const stream = createWriteStream(file);
  stream.write(`<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner="nmap" start="1700000000">\n`);
  for (let host = 0; host < count; host++) {
    const address = `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`;
    const more = stream.write(
      `<host endtime="1700000001"><status state="up"/><address addr="${address}" addrtype="ipv4"/><ports><port protocol="tcp" portid="80"><state state="open"/><service name="http" product="nginx" version="1.${host % 30}"/></port></ports></host>\n`,
    );
    if (!more) await once(stream, "drain");
  }
  stream.end(`<runstats><finished exit="success"/></runstats></nmaprun>\n`);
  await once(stream, "close");
}

function storedIn(folder: string): number {
  try {
    const database = new DatabaseSync(path.join(folder, "harbinger.db"), { readOnly: true });
    try {
      return Number(database.prepare("select count(*) as count from services").get()?.["count"]);
    } finally {
      database.close();
    }
  } catch {
    // Not yet created, or just being created.
    return 0;
  }
}

/** The peak memory of the process so far, in MiB. */
function peakOf(pid: number): number {
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}

const noProc = process.platform === "linux" ? false : "memory is told by /proc";

describe("a large import", { skip: noProc, timeout: hangLimitMs }, () => {
  test("is killed halfway and completed by the same command, in bounded memory", async () => {
    using folder = temporaryFolder();
    configure(folder.path, "watches: { lan: { targets: [10.0.0.0/8], ports: 80 } }\n");
    await writeScan(path.join(folder.path, "scan.xml"), hosts);
    const running = startHarbinger(["import", "scan.xml"], { directory: folder.path });
    const { pid } = running.process;
    assert.ok(pid !== undefined);
    let stored = 0;
    let peak = 0;
    while (stored === 0) {
      peak = peakOf(pid);
      await delay(50);
      stored = storedIn(folder.path);
    }
    running.process.kill("SIGKILL");
    await running.ended;
    // Node and the sources take 120 of it; the file has 50 MB.
    assert.ok(peak < 400, `${peak} MiB`);
    const left = storedIn(folder.path);
    assert.ok(left > 0 && left < hosts, `${left} of ${hosts}`);
    assert.equal(left % 1000, 0, "whole batches");
    const rest = await importFiles(folder.path, "scan.xml");
    assert.deepEqual([rest.status, rest.services.added, rest.services.unchanged], [0, hosts - left, left]);
    assert.equal(storedIn(folder.path), hosts);
  });
});

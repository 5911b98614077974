import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { Clock } from "../../../core/clock.ts";
import type { Log } from "../../../core/log.ts";
import { silentLog } from "../../../core/log.ts";
import { LeaseNames } from "./lease-names.ts";

const now = Date.UTC(2026, 10, 28, 13);
const clock: Clock = { now: () => now, monotonic: () => 0, sleep: async () => {} };
const inAnHour = now / 1000 + 3600;

describe("names from DHCP leases", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-leases-"));
  });

  after(() => rmSync(folder, { recursive: true }));

  function file(name: string, text: string): string {
    const whole = path.join(folder, name);
    writeFileSync(whole, text);
    return whole;
  }

  function names(files: readonly string[], log: Log = silentLog) {
    return new LeaseNames({ clock, log, files, usualFiles: [] }).names();
  }

  test("are those of leases that have not expired; of several the one that ends last", async () => {
    const text = [
      `${inAnHour} b8:27:eb:00:00:01 192.168.50.10 nas *`,
      `${inAnHour + 1} b8:27:eb:00:00:01 192.168.50.11 nas2 *`,
      `${now / 1000} da:a1:19:00:00:20 192.168.50.20 expired *`,
      `0 00:11:32:00:00:10 192.168.50.30 endless *`,
    ].join("\n");
    assert.deepEqual(
      [...(await names([file("one", text)]))],
      [
        ["b8:27:eb:00:00:01", "nas2"],
        ["00:11:32:00:00:10", "endless"],
      ],
    );
  });

  test("of a file of ten megabytes are those at its end, where new leases are", async () => {
    const header = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state\n";
    const row = (last: number, name: string) =>
      `192.168.50.${last},b8:27:eb:00:00:0${last},,3600,${inAnHour},1,0,0,${name},0\n`;
    const filler = row(1, "old").repeat(10_000_000 / row(1, "old").length);
    const found = await names([file("large", header + row(2, "beginning") + filler + row(3, "end"))]);
    assert.deepEqual([...found.values()], ["old", "end"]);
  });

  test("need no file; a configured file that cannot be read is logged", async () => {
    const warnings: unknown[] = [];
    const log: Log = { ...silentLog, warn: (message, fields) => warnings.push([message, fields?.["reason"]]) };
    assert.equal((await names([path.join(folder, "missing"), folder], log)).size, 0);
    assert.deepEqual(warnings, [
      ["cannot read the DHCP leases", "ENOENT"],
      ["cannot read the DHCP leases", "not a file"],
    ]);
  });

  test("do not wait for a pipe without a writer", {
    skip: process.platform === "win32" && "no pipes here",
  }, async () => {
    const pipe = path.join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    assert.equal((await names([pipe])).size, 0);
  });
});

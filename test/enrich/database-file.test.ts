import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { DatabaseFile } from "../../src/inbound/enrich/database-file.ts";
import { textAt } from "../../src/inbound/enrich/record-field.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { ManualClock } from "../notify/manual-clock.ts";
import { anAddress } from "./an-address.ts";
import { KeptLog } from "./kept-log.ts";
import { mmdbOf, type RecordValue } from "./mmdb-file.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

const peer = anAddress("198.51.100.7");

function cityOf(name: string): Record<string, RecordValue> {
  return { "198.51.100.0/24": { city: { names: { en: name } } } };
}

/** A database file with a manual clock, and what its reader logged. */
class Scene implements Disposable {
  readonly folder = new TemporaryFolder();
  readonly path = this.folder.file("city.mmdb");
  readonly clock = new ManualClock();
  readonly log = new KeptLog();
  readonly file = new DatabaseFile({
    path: this.path,
    holds: "city database",
    wanted: "places",
    clock: this.clock,
    log: this.log,
  });

  async city(): Promise<string | undefined> {
    return textAt(await this.file.find(peer), "city", "names", "en");
  }

  replaceByRename(content: Buffer): void {
    writeFileSync(this.folder.file("new"), content);
    renameSync(this.folder.file("new"), this.path);
    this.clock.advance(1000);
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

test("a database is replaced when another one is renamed over it", async () => {
  using scene = new Scene();
  writeFileSync(scene.path, mmdbOf(cityOf("Before")));
  assert.equal(await scene.city(), "Before");
  scene.replaceByRename(mmdbOf(cityOf("Afterwards")));
  assert.equal(await scene.city(), "Afterwards");
  assert.deepEqual(scene.log.warnings, []);
});

test("a renamed database of the same size and modification time is detected too", async () => {
  using scene = new Scene();
  const when = new Date("2026-01-01T00:00:00Z");
  writeFileSync(scene.path, mmdbOf(cityOf("One")));
  utimesSync(scene.path, when, when);
  assert.equal(await scene.city(), "One");
  writeFileSync(scene.folder.file("new"), mmdbOf(cityOf("Two")));
  utimesSync(scene.folder.file("new"), when, when);
  renameSync(scene.folder.file("new"), scene.path);
  scene.clock.advance(1000);
  assert.equal(await scene.city(), "Two");
});

test("a database that is rewritten in place is replaced when its modification time changes", async () => {
  using scene = new Scene();
  writeFileSync(scene.path, mmdbOf(cityOf("One")));
  assert.equal(await scene.city(), "One");
  writeFileSync(scene.path, mmdbOf(cityOf("Two")));
  utimesSync(scene.path, new Date(), new Date(Date.now() + 5000));
  scene.clock.advance(1000);
  assert.equal(await scene.city(), "Two");
});

test("an unchanged file is not opened again", async () => {
  using scene = new Scene();
  writeFileSync(scene.path, mmdbOf(cityOf("Same")));
  for (let i = 0; i < 20; i++) {
    assert.equal(await scene.city(), "Same");
    scene.clock.advance(1000);
  }
  assert.equal(scene.log.lines.filter(({ message }) => message.endsWith("is open")).length, 1);
});

for (const [how, content] of [
  ["text", Buffer.from("<html>rate limit reached</html>")],
  ["empty", Buffer.alloc(0)],
  ["half of a database", mmdbOf(cityOf("New")).subarray(0, 150)],
  ["the last part of a database", mmdbOf(cityOf("New")).subarray(-160)],
  ["metadata alone", Buffer.from("\xab\xcd\xefMaxMind.com\xe0", "latin1")],
  ["metadata that are cut", mmdbOf(cityOf("New")).subarray(0, -20)],
] as const) {
  test(`a broken replacement (${how}) leaves the earlier database in use, and is logged once`, async () => {
    using scene = new Scene();
    writeFileSync(scene.path, mmdbOf(cityOf("Earlier")));
    assert.equal(await scene.city(), "Earlier");
    scene.replaceByRename(content);
    for (let i = 0; i < 5; i++) {
      assert.equal(await scene.city(), "Earlier");
      scene.clock.advance(5000);
    }
    assert.deepEqual(scene.log.warnings, ["the city database cannot be used; the loaded one stays in use"]);

    scene.replaceByRename(mmdbOf(cityOf("Repaired")));
    assert.equal(await scene.city(), "Repaired");
  });
}

test("a file that grows piece by piece is logged once, and used when it is complete", async () => {
  using scene = new Scene();
  const whole = mmdbOf(cityOf("Whole"));
  writeFileSync(scene.path, mmdbOf(cityOf("Earlier")));
  assert.equal(await scene.city(), "Earlier");
  for (let written = 10; written < whole.length; written += 37) {
    scene.replaceByRename(whole.subarray(0, written));
    assert.equal(await scene.city(), "Earlier");
  }
  assert.equal(scene.log.warnings.length, 1);
  scene.replaceByRename(whole);
  assert.equal(await scene.city(), "Whole");
});

test("a missing file is logged once, looked for every few seconds, and used when it appears", async () => {
  using scene = new Scene();
  for (let i = 0; i < 5; i++) {
    assert.equal(await scene.city(), undefined);
    scene.clock.advance(5000);
  }
  assert.deepEqual(scene.log.warnings, ["the city database is missing; will retry"]);
  assert.equal(await scene.city(), undefined);
  writeFileSync(scene.path, mmdbOf(cityOf("Late")));
  scene.clock.advance(1000);
  assert.equal(await scene.city(), undefined, "it was looked for a second ago");
  scene.clock.advance(3000);
  assert.equal(await scene.city(), "Late");
});

test("a deleted file leaves the database in use until another one appears", async () => {
  using scene = new Scene();
  writeFileSync(scene.path, mmdbOf(cityOf("Gone")));
  assert.equal(await scene.city(), "Gone");
  rmSync(scene.path);
  scene.clock.advance(1000);
  assert.equal(await scene.city(), "Gone");
  scene.clock.advance(1000);
  assert.equal(await scene.city(), "Gone");
  assert.deepEqual(scene.log.warnings, ["the city database is missing; the loaded one stays in use"]);
  scene.replaceByRename(mmdbOf(cityOf("Back")));
  assert.equal(await scene.city(), "Back");
});

test("a file that is cut while in use changes nothing, because all of it is in memory", async () => {
  using scene = new Scene();
  writeFileSync(scene.path, mmdbOf(cityOf("Kept")));
  assert.equal(await scene.city(), "Kept");
  truncateSync(scene.path, 60);
  scene.clock.advance(1000);
  assert.equal(await scene.city(), "Kept");
});

test("a folder in place of the file is not a database", async () => {
  using scene = new Scene();
  const file = new DatabaseFile({
    path: scene.folder.path,
    holds: "city database",
    wanted: "places",
    clock: scene.clock,
    log: scene.log,
  });
  assert.equal(await file.find(peer), undefined);
  assert.equal(scene.log.warnings.length, 1);
});

const fifo = findProgram("mkfifo");
test(
  "a named pipe in place of the file does not block",
  fifo === undefined ? { skip: "mkfifo is missing" } : {},
  async () => {
    using scene = new Scene();
    execFileSync(fifo ?? "", [scene.path]);
    assert.equal(await scene.city(), undefined);
    assert.deepEqual(scene.log.warnings, ["the city database cannot be used; will retry"]);
  },
);

test("concurrent lookups open the file once", async () => {
  using scene = new Scene();
  writeFileSync(scene.path, mmdbOf(cityOf("Once")));
  const cities = await Promise.all(Array.from({ length: 1000 }, () => scene.city()));
  assert.deepEqual(new Set(cities), new Set(["Once"]));
  assert.equal(scene.log.lines.length, 1);
});

test("a database of IPv4 networks has no answer for IPv6 addresses", async () => {
  using scene = new Scene();
  writeFileSync(scene.path, mmdbOf({ "32.1.13.0/24": { city: { names: { en: "Wrong" } } } }));
  // 2001:d00:: begins with the same bits as 32.1.13.0.
  assert.equal(await scene.file.find(anAddress("2001:d00::1")), undefined);
  assert.notEqual(await scene.file.find(anAddress("32.1.13.1")), undefined);
});

test("IPv4 networks in an IPv6 tree are found", async () => {
  using scene = new Scene();
  writeFileSync(scene.path, mmdbOf(cityOf("Mapped"), { ipVersion: 6 }));
  assert.equal(await scene.city(), "Mapped");
});

const place: RecordValue = { country: { iso_code: "GB" }, city: { names: { en: "London" } } };
const network: RecordValue = { autonomous_system_number: 20712, autonomous_system_organization: "Andrews & Arnold" };
const both: RecordValue = { country: "GB", asn: "AS20712", as_name: "Andrews & Arnold" };

for (const [wanted, record, isTold] of [
  ["places", place, false],
  ["places", network, true],
  ["places", both, false],
  ["networks", network, false],
  ["networks", place, true],
  ["networks", both, false],
  ["places", { country: { iso_code: "" } }, false],
  ["networks", {}, false],
] as const) {
  test(`${wanted} are wanted, and ${JSON.stringify(record)} is ${isTold ? "reported once as the other kind" : "accepted"}`, async () => {
    using scene = new Scene();
    const file = new DatabaseFile({ path: scene.path, holds: "database", wanted, clock: scene.clock, log: scene.log });
    writeFileSync(scene.path, mmdbOf({ "198.51.100.0/24": record }));
    assert.notEqual(await file.find(peer), undefined);
    await file.find(peer);
    assert.equal(
      scene.log.warnings.filter((warning) => /swapped/.test(JSON.stringify(warning))).length,
      isTold ? 1 : 0,
    );
  });
}

/** Each list as a file: by a click, as people do it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { openStore } from "../../src/store/open-store.ts";
import { connection, from, record } from "../store/inbound-sample.ts";
import { look, sighting } from "../store/sample.ts";
import { whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

describe("the file of a list", { skip: whyNoBrowser() ?? false }, () => {
  let served: ServedPages;

  before(async () => {
    served = await ServedPages.create();
    await using store = await openStore({ location: served.database, thread: "caller" });
    const at = Date.now() - 60_000;
    const sees = [sighting("192.0.2.7", 22), sighting("192.0.2.8", 22)];
    await look(store, { at, sees, outcome: { audiences: [] } });
    await record(store, [connection("a", { at, ...from("192.0.2.7") }), connection("b", { at, ...from("::9") })], []);
    await store[Symbol.asyncDispose]();
    served.configure({ watches: { own: { targets: ["127.0.0.1"], ports: [1], schedule: "0 0 1 1 *" } } });
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  for (const [place, file, heading] of [
    ["#/network/devices", "devices.csv", /^mac,/],
    ["#/network/hosts", "hosts.csv", /^address,/],
    ["#/network/services", "services.csv", /^address,port,/],
    ["#/network/certificates", "certificates.csv", /^sha256,/],
    ["#/network/discoveries", "discoveries.csv", /^id,watch,/],
    ["#/network/mutes", "mutes.csv", /^id,/],
    ["#/knocks", "connections.csv", /time,/],
    ["#/knocks/sources", "sources.csv", /^address,/],
    ["#/reports", "reports.csv", /^id,/],
    ["#/deliveries", "deliveries.csv", /^id,/],
    ["#/scans", "scans.csv", /^id,/],
  ] as const)
    for (const width of [390, 1440])
      test(`is there on ${place}, ${width} pixels wide`, async () => {
        const { page, context, faults } = await served.open({ viewport: { width, height: 900 } });
        await page.goto(`${served.base}${place}`);
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("link", { name: "CSV file of all rows that the search finds" }).click(),
        ]);
        assert.equal(download.suggestedFilename(), file);
        assert.match(readFileSync(await download.path(), "utf8"), heading);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth > innerWidth"), false);
        assert.deepEqual(faults, []);
        await context.close();
      });

  test("has the rows that the search finds", async () => {
    const { page, context, faults } = await served.open();
    await page.goto(`${served.base}#/network/hosts?q=${encodeURIComponent("address:192.0.2.8")}`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: /^CSV/ }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .trim()
      .split("\r\n");
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? "", /^192\.0\.2\.8,/);
    assert.deepEqual(faults, []);
    await context.close();
  });
});

/** Finding things in the lists: what the address of a page keeps, and what is searched, grouped and acknowledged. */
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { parseMac } from "../../src/core/device.ts";
import { openStore } from "../../src/store/open-store.ts";
import { connection, from, record } from "../store/inbound-sample.ts";
import { address, look, policy, sighting } from "../store/sample.ts";
import { accessibilityFaults, whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

const at = Date.now() - 60_000;

describe("finding things on the pages", { skip: whyNoBrowser() ?? false }, () => {
  let served: ServedPages;

  before(async () => {
    served = await ServedPages.create();
    await fill(served.database);
    served.configure({
      watches: { ssh: { label: "Office", targets: ["127.0.0.1"], ports: [1], schedule: "0 0 1 1 *" } },
    });
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  const open = async (fragment: string, width = 1440, colorScheme: "light" | "dark" = "light") => {
    const opened = await served.open({ viewport: { width, height: 900 }, reducedMotion: "reduce", colorScheme });
    await opened.page.goto(`${served.base}${fragment}`);
    await opened.page.getByRole("heading", { level: 1 }).waitFor();
    return opened;
  };

  test("the address keeps how a list is sorted and grouped: for a reload, a link, Back, and another search", async () => {
    const { page, context, faults } = await open("#/network/services");
    const firstSeen = (order: string) => page.locator(`th[aria-sort="${order}"]`, { hasText: "First seen" });
    await page.getByRole("button", { name: "First seen" }).click();
    await firstSeen("ascending").waitFor();
    await page.getByRole("button", { name: "First seen" }).click();
    await firstSeen("descending").waitFor();
    assert.equal(new URL(page.url()).hash, "#/network/services?sort=firstSeen&order=descending");
    await page.getByLabel("Group by").selectOption("Subnet");
    await page.getByRole("button", { name: /192\.0\.2\.0\/24: 4$/ }).waitFor();
    await page.reload();
    await firstSeen("descending").waitFor();
    await page.getByRole("button", { name: /192\.0\.2\.0\/24: 4$/ }).waitFor();
    assert.equal(await page.getByLabel("Group by").inputValue(), "subnet");

    await page.getByRole("searchbox", { name: "Search" }).fill("port:80");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=port/);
    await firstSeen("descending").waitFor();
    assert.equal(await page.getByLabel("Group by").inputValue(), "subnet");

    await page.goBack();
    await page.goBack();
    await firstSeen("descending").waitFor();
    assert.equal(await page.getByLabel("Group by").inputValue(), "");
    await page.goBack();
    await firstSeen("ascending").waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("each list of the network is sorted by its headings, and the address says so", async () => {
    const { page, context, faults } = await open("");
    for (const [list, heading, parameters] of [
      ["devices", "Vendor", "sort=vendor&order=ascending"],
      ["hosts", "Address", "sort=address&order=descending"],
      ["services", "Last seen", "sort=lastSeen&order=ascending"],
      ["discoveries", "Time", "sort=time&order=ascending"],
    ] as const) {
      await page.goto(`${served.base}#/network/${list}`);
      const sorted = page.locator(`th[aria-sort="${parameters.split("order=")[1]}"]`, { hasText: heading });
      await page.getByRole("button", { name: heading }).press("Enter");
      await sorted.waitFor();
      assert.equal(new URL(page.url()).hash, `#/network/${list}?${parameters}`);
      await page.reload();
      await sorted.waitFor();
      await page.getByRole("row").nth(1).waitFor();
    }
    assert.deepEqual(faults, []);
    await context.close();
  });

  for (const [size, width, colours] of [
    ["phone", 390, "dark"],
    ["desktop", 1440, "light"],
  ] as const)
    test(`groups are those of the whole list with their counts, and open and close by keyboard: ${size}`, async () => {
      const { page, context, faults } = await open("#/network/services?group=subnet", width, colours);
      const heading = (name: RegExp) => page.getByRole("button", { name });
      await heading(/192\.0\.2\.0\/24: 4$/).waitFor();
      // More than are opened at first: the last subnet stays closed.
      const long = heading(/203\.0\.113\.0\/24: 230$/);
      await long.waitFor();
      assert.equal(await long.getAttribute("aria-expanded"), "false");
      await page.getByRole("link", { name: "192.0.2.1", exact: true }).first().waitFor();
      assert.equal(await page.getByRole("link", { name: "203.0.113.7", exact: true }).count(), 0);
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth > innerWidth"), false);
      const pictures = process.env["HARBINGER_TEST_PICTURES"];
      if (pictures !== undefined) await page.screenshot({ path: path.join(pictures, `groups-${size}.png`) });
      await long.focus();
      await page.keyboard.press("Enter");
      assert.equal(await long.getAttribute("aria-expanded"), "true");
      const row = page.getByRole("link", { name: "203.0.113.7", exact: true });
      await row.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "203.0.113.7" }).waitFor();
      await page.goBack();
      await row.waitFor();
      assert.equal(await long.getAttribute("aria-expanded"), "true");
      await page.getByLabel("Group by").selectOption("Label");
      await heading(/Office: 234$/).waitFor();
      await page.getByLabel("Group by").selectOption("Vendor");
      await heading(/Apple: 1$/).waitFor();
      // A word that the database cannot compare.
      await page.getByRole("searchbox", { name: "Search" }).fill("NOT port:22");
      await page.keyboard.press("Enter");
      await heading(/QEMU: 1$/).waitFor();
      assert.equal(await heading(/: \d+$/).count(), 1);
      assert.deepEqual(faults, []);
      await context.close();
    });

  for (const [size, width, colours] of [
    ["phone", 390, "light"],
    ["desktop", 1440, "dark"],
  ] as const)
    test(`all sources are in one list, which is sorted and searched: ${size}`, async () => {
      const { page, context, faults } = await open("#/knocks", width, colours);
      await page.getByRole("link", { name: "Sources" }).press("Enter");
      const rows = page.getByRole("table", { name: "Addresses that connected to decoy ports" }).getByRole("row");
      await rows.getByRole("link", { name: "198.51.100.7" }).waitFor();
      assert.equal(await rows.count(), 4);
      assert.match(await rows.nth(1).innerText(), /198\.51\.100\.9/);
      await page.getByRole("button", { name: "Knocks" }).press("Enter");
      await page.locator('th[aria-sort="descending"]', { hasText: "Knocks" }).waitFor();
      await rows.nth(1).getByRole("link", { name: "198.51.100.7" }).waitFor();
      assert.equal(new URL(page.url()).hash, "#/knocks/sources?sort=count&order=descending");
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth > innerWidth"), false);
      const pictures = process.env["HARBINGER_TEST_PICTURES"];
      if (pictures !== undefined) await page.screenshot({ path: path.join(pictures, `sources-${size}.png`) });
      await page.getByRole("searchbox", { name: "Search" }).fill("known");
      await page.keyboard.press("Enter");
      await rows.nth(2).waitFor({ state: "detached" });
      await page.getByRole("link", { name: width < 600 ? "not approved" : /^known/ }).waitFor();
      assert.equal(await rows.count(), 2);
      await page.getByRole("searchbox", { name: "Search" }).fill("country:NL");
      await page.keyboard.press("Enter");
      await page.getByText("No source matches the search.").waitFor();
      assert.deepEqual(faults, []);
      await context.close();
    });

  test("scans are searched, and the address keeps the search", async () => {
    const { page, context, faults } = await open("#/scans");
    const row = page
      .getByRole("table", { name: "Scans, newest first" })
      .getByRole("cell", { name: "ssh", exact: true });
    await row.waitFor();
    await page.getByRole("searchbox", { name: "Search" }).fill("status:failed");
    await page.keyboard.press("Enter");
    await page.getByText("No scan matches the search.").waitFor();
    await page.reload();
    await page.getByText("No scan matches the search.").waitFor();
    await page.goBack();
    await row.waitFor();
    await page.getByRole("searchbox", { name: "Search" }).fill("status:complete watch:ssh");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=status/);
    await row.waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("what a list cannot be sorted or grouped by has no effect in a foreign address, and is said", async () => {
    const hostile = "sort=constructor&order=%3Cb%3E&group=__proto__";
    for (const list of ["devices", "hosts", "services", "discoveries"]) {
      const { page, context, faults } = await open(`#/network/${list}?${hostile}`);
      await page.getByRole("row").nth(1).waitFor();
      const usual = list === "discoveries" ? "descending" : "ascending";
      assert.equal(await page.locator("th[aria-sort]:not([aria-sort=none])").count(), 1);
      await page.locator(`th[aria-sort="${usual}"]`).waitFor();
      const alert = page.getByRole("alert");
      await alert.getByText("The address of this page has sort=constructor, which has no effect; possible: ").waitFor();
      await alert.getByText("order=<b>, which has no effect; possible: ascending, descending.").waitFor();
      await alert.getByText("group=__proto__, which has no effect; ").waitFor();
      assert.deepEqual(await accessibilityFaults(page, { every: true }), []);
      assert.deepEqual(faults, []);
      await context.close();
    }
  });

  test("a page that cannot be sorted or grouped says so, too, and what is right is not said", async () => {
    const { page, context, faults } = await open("#/network/mutes?sort=until");
    const alert = page.getByRole("alert");
    await alert.getByText("has sort=until, which has no effect; this page has no sort.").waitFor();
    for (const [place, words] of [
      ["#/knocks?group=subnet", "group=subnet, which has no effect; this page has no group."],
      ["#/knocks/summary/1y", "the time span 1y, which has no effect; possible: 24h, 7d, 30d."],
    ] as const) {
      await page.goto(`${served.base}${place}`);
      await alert.getByText(words).waitFor();
    }
    for (const place of [
      "#/network/services?sort=lastSeen&order=descending&group=vendor",
      "#/knocks/sources?sort=count",
      "#/knocks/summary/7d",
    ]) {
      await page.goto(`${served.base}${place}`);
      await page.getByRole("table").first().waitFor();
      assert.equal(await alert.count(), 0, place);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });
});

async function fill(file: string): Promise<void> {
  await using store = await openStore({ location: file, thread: "caller" });
  const macs = ["52:54:00:00:00:10", "52:54:00:00:00:11"].map((text) => parseMac(text) ?? assert.fail());
  await store.devices.record({
    watch: "ssh",
    at,
    present: macs.map((mac, index) => ({ mac, address: address(`192.0.2.${index + 1}`), link: "eth0" })),
    names: new Map(macs.map((mac) => [mac, []])),
    vendors: new Map(macs.map((mac, index) => [mac, index === 0 ? "QEMU" : "Apple"])),
    probed: [],
    policy,
    audiences: [],
  });
  await look(store, {
    at,
    ports: [22, 80],
    sees: [
      ...["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((host) => sighting(host, 22)),
      sighting("192.0.2.1", 80),
      ...Array.from({ length: 230 }, (_, index) => sighting(`203.0.113.${index + 1}`, 22)),
    ],
    outcome: { audiences: [] },
  });
  const peers = ["198.51.100.7", "198.51.100.7", "192.0.2.1", "198.51.100.9"];
  await record(
    store,
    peers.map((peer, index) => connection(`c${index}`, { at: at + index * 1000, ...from(peer) })),
    [],
  );
}

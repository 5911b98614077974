/** What the addresses of pages lead to where nothing is. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

describe("an address that leads to nothing", { skip: whyNoBrowser() ?? false }, () => {
  let served: ServedPages;

  before(async () => {
    served = await ServedPages.create();
    served.configure({ watches: { own: { targets: ["127.0.0.1"], ports: [1], schedule: "0 0 1 1 *" } } });
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  test("says so, leads to the list, and has nothing to press", async () => {
    const { page, context, faults } = await served.open({ viewport: { width: 390, height: 800 } });
    for (const [place, heading, words, where, href] of [
      ["#/network/hosts/999.1.1.1", "No such host", "999.1.1.1", "All hosts", "#/network/hosts"],
      ["#/network/hosts/192.0.2.99", "No such host", "192.0.2.99", "All hosts", "#/network/hosts"],
      ["#/network/hosts/192.0.2.9/x", "No such page", "network/hosts/192.0.2.9/x", "Overview", "#/"],
      ["#/knocks/from/foo", "No such source", "foo", "All sources", "#/knocks/sources"],
      ["#/knocks/from/192.0.2.99", "No such source", "192.0.2.99", "All sources", "#/knocks/sources"],
      ["#/knocks/from", "No such page", "knocks/from", "Overview", "#/"],
      ["#/knocks/where-from", "No such connection", "where-from", "All connections", "#/knocks"],
      ["#/knocks/sources/x", "No such page", "knocks/sources/x", "Overview", "#/"],
      ["#/deliveries/x", "No such page", "A delivery has no page of its own", "All deliveries", "#/deliveries"],
      ["#/scans/3", "No such page", "A scan has no page of its own", "All scans", "#/scans"],
      ["#/reports/99", "No such report", "99", "All reports", "#/reports"],
      ["#/reports/x", "No such report", "x", "All reports", "#/reports"],
      ["#/network/things", "No such page", "network/things", "Overview", "#/"],
      ["#/settings/x", "No such page", "settings/x", "Overview", "#/"],
      ["#/things", "No such page", "things", "Overview", "#/"],
    ] as const) {
      await page.goto("about:blank");
      await page.goto(`${served.base}${place}`);
      const main = page.getByRole("main");
      await main.getByRole("heading", { name: heading, exact: true }).waitFor();
      assert.ok((await main.innerText()).includes(words), place);
      assert.equal(await main.getByRole("link", { name: where, exact: true }).getAttribute("href"), href, place);
      assert.equal(await main.getByRole("button").count(), 0, place);
      assert.equal(await main.getByRole("table").count(), 0, place);
      assert.equal(await main.getByRole("alert").count(), 0, place);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("typed without # leads a browser to the page of that name", async () => {
    const { page, context } = await served.open();
    await page.goto(`${served.base}network/services`);
    await page.getByRole("heading", { name: "Services", exact: true }).waitFor();
    assert.equal(page.url(), `${served.base}#/network/services`);
    await page.goto(`${served.base}network/discoveries?q=ended%20NOT%20kind:new&order=ascending&x=y#old`);
    await page.getByRole("heading", { name: "Discoveries", exact: true }).waitFor();
    assert.equal(page.url(), `${served.base}#/network/discoveries?q=ended+NOT+kind%3Anew&order=ascending`);
    assert.equal(await page.getByRole("searchbox").inputValue(), "ended NOT kind:new");
    await page.goto(`${served.base}deliveries/77`);
    await page.getByText("No message matches the search.").waitFor();
    assert.equal(await page.getByRole("searchbox").inputValue(), "id:77");
    await page.goto(`${served.base}nothing`);
    await page.getByText("There is no page at this address.").waitFor();
    await page.getByRole("link", { name: "To the overview" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await context.close();
  });
});

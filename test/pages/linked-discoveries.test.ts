/** What surveys find of devices leads to the addresses that it is about, and is on their pages. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { parseMac } from "../../src/core/device.ts";
import { openStore } from "../../src/store/open-store.ts";
import { address, policy } from "../store/sample.ts";
import { whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

const [nas, other, visitor] = [1, 2, 3].map((last) => parseMac(`52:54:00:00:00:0${last}`) ?? assert.fail());

describe("a discovery about a device", { skip: whyNoBrowser() ?? false }, () => {
  let served: ServedPages;

  before(async () => {
    served = await ServedPages.create();
    await fill(served.database);
    served.configure({ watches: { own: { targets: ["127.0.0.1"], ports: [1], schedule: "0 0 1 1 *" } } });
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  for (const width of [390, 1440])
    test(`leads to its addresses from the overview, the list and its details, ${width} pixels wide`, async () => {
      const { page, context, faults } = await served.open({ viewport: { width, height: 900 } });
      await page.goto(served.base);
      const moved = page.getByRole("listitem").filter({ hasText: "address moved" }).first();
      const host = { name: "192.0.2.7", exact: true };
      assert.equal(await moved.getByRole("link", host).getAttribute("href"), "#/network/hosts/192.0.2.7");
      await page.goto(`${served.base}#/network/discoveries`);
      const row = (text: string) => page.getByRole("row").filter({ hasText: text });
      await row("address moved").getByRole("link", host).waitFor();
      const found = row("device new").filter({ hasText: visitor ?? "" });
      await found.getByRole("link", { name: "192.0.2.7", exact: true }).waitFor();
      const gone = row("device gone");
      assert.equal(await gone.getByRole("link", { name: "192.0.2.9" }).count(), 1);
      await row("address moved").getByRole("button", { name: "all of it" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("link", { name: visitor ?? "" }).click();
      await page.getByRole("heading", { name: "Devices" }).waitFor();
      assert.match(page.url(), /#\/network\/devices\?q=mac/);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth > innerWidth"), false);
      assert.deepEqual(faults, []);
      await context.close();
    });

  test("is on the page of each address that it is about, also when another device has it again", async () => {
    const { page, context } = await served.open();
    await page.goto(`${served.base}#/network/hosts/192.0.2.7`);
    const timeline = page.getByRole("region", { name: "Timeline" });
    await timeline.getByText("192.0.2.7 was used by two devices").waitFor();
    assert.equal(await timeline.getByRole("link", { name: visitor ?? "" }).count(), 3);
    await page.goto(`${served.base}#/network/hosts/192.0.2.9`);
    await timeline.getByText("device gone", { exact: true }).waitFor();
    await context.close();
  });
});

/** A visitor answers for the address of the NAS once, and a device goes. */
async function fill(file: string): Promise<void> {
  await using store = await openStore({ location: file, thread: "caller" });
  const at = Date.now() - 60_000;
  const there = (mac: typeof nas, host: string) =>
    mac === undefined ? [] : [{ mac, address: address(`192.0.2.${host}`), link: "eth0" }];
  const base = [...there(nas, "7"), ...there(nas, "8")];
  const surveys = [[...base, ...there(other, "9")], [...base, ...there(visitor, "7"), ...there(other, "9")], base];
  for (const [index, present] of surveys.entries()) {
    await store.devices.record({
      watch: "lan",
      at: at + index * 1000,
      present,
      names: new Map(),
      vendors: new Map(),
      probed: [{ family: 4, first: 0xc0000200n, last: 0xc00002ffn }],
      policy: { ...policy, goneAfter: 1 },
      audiences: [],
    });
  }
}

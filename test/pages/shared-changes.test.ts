/** What one person changes on the pages, others see without loading them again: each in a browser of their own. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { parseMac } from "../../src/core/device.ts";
import { openStore } from "../../src/store/open-store.ts";
import { address, look, policy, sighting } from "../store/sample.ts";
import { whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

const own = "192.0.2.7";

describe("changes of others", { skip: whyNoBrowser() ?? false }, () => {
  let served: ServedPages;

  before(async () => {
    served = await ServedPages.create();
    await fill(served.database);
    served.configure({
      standalone: { time_zone: "Europe/Berlin" },
      watches: { own: { targets: ["127.0.0.1"], ports: [1], schedule: "0 0 1 1 *" } },
    });
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  /** Two people at the same page, and what the second sees in its main part. */
  const two = async (place: string, seen: RegExp) => {
    const both = await Promise.all([served.open(), served.open()]);
    const [one, other] = both.map(({ page }) => page);
    if (one === undefined || other === undefined) assert.fail();
    for (const page of [one, other]) {
      page.setDefaultTimeout(10_000);
      await page.goto(`${served.base}${place}`);
      await page.locator("main").getByText(seen).first().waitFor();
    }
    const end = async () => {
      for (const { faults, context } of both) {
        assert.deepEqual(faults, []);
        await context.close();
      }
    };
    return { one, other, end };
  };

  const confirm = async (page: Page, button: string | RegExp, fields: Readonly<Record<string, string>> = {}) => {
    const dialog = page.getByRole("dialog");
    for (const [label, text] of Object.entries(fields)) await dialog.getByLabel(label).fill(text);
    await dialog.getByRole("button", { name: button, exact: true }).click();
    await dialog.waitFor({ state: "detached" });
  };

  test("the name and the approval of a device", async () => {
    const { one, other, end } = await two("#/network/devices", /52:54:00:00:00:10/);
    await one.getByRole("button", { name: /^Name the device/ }).click();
    await confirm(one, "Save", { "Your name for it; empty for none": "the printer" });
    await other.getByRole("cell", { name: "the printer", exact: true }).waitFor();
    await one.getByRole("button", { name: /^Approve the printer/ }).click();
    await other.getByRole("button", { name: /^Approved the printer/ }).waitFor();
    await end();
  });

  test("a mute with an end, also when somebody else ends it than who made it", async () => {
    const { one, other, end } = await two("#/network/devices", /present/);
    await one.getByRole("button", { name: /^Mute device/ }).click();
    await one.getByRole("dialog").getByLabel("Until a date").check();
    const until = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 16);
    await confirm(one, "Mute", { "Until (time zone Europe/Berlin)": until, Why: "is repaired" });
    for (const page of [one, other]) await page.getByText("present, muted").waitFor();
    await other.goto(`${served.base}#/network/mutes`);
    await other.getByText("is repaired").waitFor();
    await other.getByRole("button", { name: /^End now/ }).click();
    await one.getByText("present, muted").waitFor({ state: "detached" });
    await one.getByText("present", { exact: true }).waitFor();
    await end();
  });

  test("acknowledgements in the list, and the undo of them", async () => {
    const { one, other, end } = await two("#/network/discoveries", new RegExp(own));
    await one.getByRole("button", { name: /^Acknowledge new/ }).click();
    await confirm(one, "Acknowledge", { Note: "our printer" });
    await other.getByText("our printer").filter({ visible: true }).first().waitFor();
    await one.getByRole("button", { name: /^Undo the acknowledgement/ }).click();
    await other.getByText("our printer").first().waitFor({ state: "detached" });
    await one.getByRole("button", { name: /^Acknowledge all/ }).click();
    await confirm(one, /^Acknowledge all \d+$/);
    await other.getByText("acknowledged", { exact: true }).filter({ visible: true }).first().waitFor();
    await one.getByRole("button", { name: /^Undo \d/ }).click();
    await other.getByText("acknowledged", { exact: true }).first().waitFor({ state: "detached" });
    await end();
  });

  test("what was changed while the page was not looked at", async () => {
    const { one, other, end } = await two(`#/network/hosts/${own}`, /Timeline/);
    await other.context().setOffline(true);
    await one.getByRole("button", { name: /^Mute host/ }).click();
    await confirm(one, "Mute", { Why: "is moved" });
    await other.context().setOffline(false);
    await other.getByText("is moved").waitFor();
    await end();
  });
});

async function fill(file: string): Promise<void> {
  await using store = await openStore({ location: file, thread: "caller" });
  const at = Date.now() - 60_000;
  const mac = parseMac("52:54:00:00:00:10") ?? assert.fail();
  await store.devices.record({
    watch: "devices",
    at: at - 1000,
    present: [{ mac, address: address(own), link: "eth0" }],
    names: new Map(),
    vendors: new Map([[mac, "QEMU"]]),
    probed: [],
    policy,
    audiences: [],
  });
  await look(store, { at, sees: [sighting(own, 22)], outcome: { audiences: [] } });
}

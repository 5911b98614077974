/** Everything that the pages can do, by keyboard alone, with the focus always visible and never lost. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { parseMac } from "../../src/core/device.ts";
import { openStore } from "../../src/store/open-store.ts";
import { hashPassword } from "../../src/web/access/password-hash.ts";
import { HttpServer } from "../harness/http-server.ts";
import { openPort } from "../harness/open-port.ts";
import { connection, record } from "../store/inbound-sample.ts";
import { address, look, sighting } from "../store/sample.ts";
import { whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

const password = "correct horse";
const viewport = { width: 1440, height: 900 };
const never = "0 0 1 1 *";
/** More than a page of the API. */
const connections = 260;
/** Every control of a page, and what the browser adds to it. */
const maxTabs = 200;

describe("the pages by keyboard alone", { skip: whyNoBrowser() ?? false }, () => {
  const resources = new AsyncDisposableStack();
  let served: ServedPages;

  before(async () => {
    served = await ServedPages.create();
    const server = resources.use(await HttpServer.start());
    const open = resources.use(await openPort("127.0.0.1"));
    server.fault = { kind: "reply", status: 400, text: "no" };
    await fill(served.database);
    served.configure({
      scan: { max_rate: 100 },
      notify: { webhooks: { one: { url: `${server.url}/one` }, two: { url: `${server.url}/two` } } },
      watches: {
        short: { targets: ["127.0.0.1"], ports: [open.port], notify: ["one", "two"], schedule: never },
        long: { targets: ["127.84.1.2"], ports: ["1-60000"], schedule: never },
      },
      web: { users: { ann: { password: await hashPassword(password), role: "operate" } } },
    });
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
    await resources.disposeAsync();
  });

  const open = async (place: string) => {
    const opened = await served.open({ viewport, reducedMotion: "reduce" });
    const { page } = opened;
    await page.goto(`${served.base}${place}`);
    await tabTo(page, page.getByLabel("Name"));
    await page.keyboard.type("ann");
    await tabTo(page, page.getByLabel("Password"));
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    return opened;
  };

  test("a wrong password leads back to the password; a login to the page; a logout to the login", async () => {
    const { page, context, faults } = await served.open({ viewport, reducedMotion: "reduce" });
    await page.goto(`${served.base}#/scans`);
    await hasFocus(page.getByLabel("Name"));
    await page.keyboard.type("ann");
    await tabTo(page, page.getByLabel("Password"));
    await page.keyboard.type("wrong");
    await tabTo(page, page.getByRole("button", { name: "Log in" }));
    await page.keyboard.press("Space");
    await page.getByRole("alert").waitFor();
    await hasFocus(page.getByLabel("Password"));
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await hasFocus(page.getByRole("heading", { name: "Scans", level: 1 }));
    assert.equal(await page.title(), "Scans - Harbinger");
    await tabTo(page, page.getByRole("button", { name: "Log out ann" }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Log in to Harbinger" }).waitFor();
    await hasFocus(page.getByLabel("Name"));
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("the first control skips the menu, and each entry of the menu leads to the heading of its page", async () => {
    const { page, context, faults } = await open("");
    await tabTo(page, page.getByRole("button", { name: "Skip to the content" }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await hasFocus(page.getByRole("main"));
    for (const title of ["Network", "Knocks", "Reports", "Deliveries", "Scans", "Settings", "Overview"]) {
      const entry = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: title });
      await tabTo(page, entry, "Shift+Tab");
      await page.keyboard.press("Enter");
      const first = title === "Network" ? "Devices" : title === "Knocks" ? "Knocks: One by one" : title;
      const heading = page.getByRole("heading", { name: first, level: 1 });
      await hasFocus(heading);
      assert.equal(await page.title(), `${first} - Harbinger`);
      assert.equal(await entry.getAttribute("aria-current"), "page");
    }
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a search keeps the focus; a host is opened, and Back returns to its row", async () => {
    const { page, context, faults } = await open("#/network/hosts");
    await tabTo(page, page.getByRole("searchbox", { name: "Search" }));
    await page.keyboard.type("192.0.2.");
    await page.keyboard.press("Enter");
    const host = page.getByRole("link", { name: "192.0.2.7", exact: true });
    await host.waitFor();
    await hasFocus(page.getByRole("searchbox", { name: "Search" }));
    await tabTo(page, host);
    await page.keyboard.press("Enter");
    await hasFocus(page.getByRole("heading", { name: "192.0.2.7", level: 1 }));
    await page.goBack();
    await hasFocus(host);
    assert.equal(await page.getByRole("searchbox", { name: "Search" }).inputValue(), "192.0.2.");
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a long list is read row by row, and Back returns to the row that was opened", async () => {
    const { page, context, faults } = await open("#/knocks");
    const table = page.getByRole("table", { name: "Connections to decoy ports, newest first" });
    await table.waitFor();
    const first = page.locator('tr[aria-rowindex="2"]').getByRole("link").first();
    await tabTo(page, first);
    // Row by row: the next ones are loaded and drawn on the way.
    for (let row = 2; row < connections + 1; ) {
      await page.keyboard.press("Tab");
      const next = await page.evaluate<number>("Number(document.activeElement.closest('tr')?.ariaRowIndex)");
      assert.ok(next === row || next === row + 1, `from row ${row} to ${next}`);
      row = next;
    }
    assert.equal(await table.getAttribute("aria-rowcount"), String(connections + 1));
    assert.ok((await page.locator("tr[aria-rowindex]").count()) < 100);
    const last = page.locator(`tr[aria-rowindex="${connections + 1}"]`);
    await tabTo(page, last.getByRole("link").first(), "Shift+Tab");
    const top = await page.evaluate<number>("scrollY");
    assert.ok(top > 8000, `at ${top}`);
    await page.keyboard.press("Enter");
    await hasFocus(page.getByRole("heading", { name: "198.51.100.7 to port 8080", level: 1 }));
    assert.equal(await page.evaluate("scrollY"), 0);
    await tabTo(page, page.getByLabel("Text", { exact: true }));
    await page.keyboard.press("ArrowRight");
    await page.getByRole("region", { name: "First bytes as hexadecimal" }).waitFor();
    await hasFocus(page.getByLabel("Hexadecimal"));
    await tabTo(page, page.getByRole("region", { name: "First bytes as hexadecimal" }));
    await page.goBack();
    await hasFocus(last.getByRole("link").first());
    assert.equal(await page.evaluate("scrollY"), top);
    // The focused row is far from the screen, and nevertheless it keeps the focus.
    await page.evaluate("scrollTo(0, 0)");
    await page.locator('tr[aria-rowindex="2"]').waitFor();
    await hasFocus(last.getByRole("link").first());
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a device is approved, and the focus stays on its button", async () => {
    const { page, context, faults } = await open("#/network/devices");
    await tabTo(page, page.getByRole("button", { name: /^Approve printer/ }));
    await page.keyboard.press("Space");
    await hasFocus(page.getByRole("button", { name: /^Approved printer/ }));
    await page.keyboard.press("Space");
    await hasFocus(page.getByRole("button", { name: /^Approve printer/ }));
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a delivery is retried: the focus goes to its row, or to the heading if the list is empty then", async () => {
    const { page, context, faults } = await open("#/deliveries");
    const retry = page.getByRole("button", { name: /^Retry (?!all)/ });
    await retry.nth(1).waitFor();
    await tabTo(page, retry.first());
    const row = await page.evaluate<string>("document.activeElement.closest('tr').ariaRowIndex");
    await page.keyboard.press("Enter");
    await page.getByText(/^Tried again: .+, to /).waitFor();
    // It fails again, or it has not been tried yet: both leave the focus in the row.
    assert.equal(await page.evaluate("document.activeElement.closest('tr').ariaRowIndex"), row);
    await tabTo(page, page.getByRole("searchbox", { name: "Search" }), "Shift+Tab");
    await page.keyboard.type("state:dead");
    await page.keyboard.press("Enter");
    await retry.nth(1).waitFor();
    await tabTo(page, page.getByRole("button", { name: "Retry all that were given up" }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByText("All deliveries that were given up are tried again.").waitFor();
    await isVisible(page);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a scan is stopped and started", async () => {
    const { page, context, faults } = await open("#/scans");
    const stop = page.getByRole("button", { name: "Stop long" });
    const start = page.getByRole("button", { name: "Scan now long" });
    await stop.or(start).waitFor();
    if (await stop.isVisible()) {
      await tabTo(page, stop);
      await page.keyboard.press("Enter");
    } else await tabTo(page, start);
    await hasFocus(start);
    await page.keyboard.press("Enter");
    await hasFocus(stop);
    await page.keyboard.press("Enter");
    await hasFocus(start);
    await page.getByText("stopped by ann on the pages").first().waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("Tab goes through each page from the top to the bottom and out of it", async () => {
    const { page, context, faults } = await open("");
    for (const [place, title] of [
      ["#/scans", "Scans"],
      ["#/network/devices", "Devices"],
      ["#/network/services", "Services"],
      ["#/reports", "Reports"],
      ["#/settings", "Settings"],
      ["#/", "Overview"],
    ] as const) {
      await page.goto(`${served.base}${place}`);
      await hasFocus(page.getByRole("heading", { name: title, level: 1 }));
      await page.evaluate("document.querySelector('.skip').focus()");
      const places = await tabThrough(page);
      assert.ok(places.length > 8, `${place}: ${places.length} controls`);
      const outOfOrder = places.filter((at, index) => index > 0 && at < (places[index - 1] ?? 0));
      assert.deepEqual(outOfOrder, [], place);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });
});

async function fill(file: string): Promise<void> {
  await using store = await openStore({ location: file, thread: "caller" });
  const mac = parseMac("52:54:00:00:00:10") ?? assert.fail();
  const at = Date.now() - 60_000;
  await store.devices.record({
    watch: "short",
    at,
    present: [{ mac, address: address("192.0.2.7"), link: "eth0" }],
    names: new Map([[mac, [{ name: "printer", source: "mdns" }]]]),
    vendors: new Map(),
    probed: [],
    policy: { goneAfter: 2, flapLimit: 4, flapWindowMs: 1000 },
    audiences: [],
  });
  await look(store, {
    at,
    ports: [22, 80],
    sees: [sighting("192.0.2.7", 22), sighting("192.0.2.8", 80)],
    outcome: { audiences: [] },
  });
  const all = Array.from({ length: connections }, (_, index) => connection(`c${index}`, { at: at - index * 1000 }));
  await record(store, all, []);
}

/** Presses a key until the control has the focus. */
async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await target.waitFor();
  for (let step = 0; step < maxTabs; step += 1) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) {
      await isVisible(page);
      return;
    }
    await page.keyboard.press(key);
  }
  assert.fail(`${key} does not reach ${String(target)}`);
}

async function hasFocus(target: Locator): Promise<void> {
  await target.and(target.page().locator(":focus")).waitFor();
}

/** Something has the focus, it is on the screen, and it looks different from the rest (but for headings and the whole page). */
async function isVisible(page: Page): Promise<void> {
  const state = await page.evaluate<string>(`(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return "nothing has the focus";
    const { top, bottom, width } = element.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    if (width === 0 || bottom < 0 || top > innerHeight) return element.outerHTML + " is not on the screen";
    if (["H1", "MAIN"].includes(element.tagName)) return "visible";
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 ? "visible" : element.outerHTML + " looks as without the focus";
  })()`);
  assert.equal(state, "visible");
}

/** Presses Tab until the focus leaves the page. @returns the places of the controls in the document */
async function tabThrough(page: Page): Promise<readonly number[]> {
  const places: number[] = [];
  for (let step = 0; step < maxTabs; step += 1) {
    await page.keyboard.press("Tab");
    const place = await page.evaluate<number>(
      "document.activeElement.matches('body, .skip') ? -1 : [...document.querySelectorAll('*')].indexOf(document.activeElement)",
    );
    if (place < 0) return places;
    await isVisible(page);
    places.push(place);
  }
  assert.fail("Tab does not leave the page");
}

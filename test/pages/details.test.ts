/** What the pages do when the server is away, how they show times, and how they adapt to the settings of their readers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { openStore } from "../../src/store/open-store.ts";
import { connection, from, record } from "../store/inbound-sample.ts";
import { until } from "../web/running-web.ts";
import { accessibilityFaults, whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

const places = [
  "#/",
  "#/network/devices",
  "#/knocks",
  "#/knocks/from/203.0.113.50",
  "#/reports",
  "#/scans",
  "#/settings",
];

describe("the pages", { skip: whyNoBrowser() ?? false }, () => {
  const at = Date.UTC(2026, 10, 29, 5, 4, 3, 21);
  let served: ServedPages;

  before(async () => {
    served = await ServedPages.create();
    {
      await using store = await openStore({ location: served.database, thread: "caller" });
      await record(store, [connection("a", { at, ...from("203.0.113.50") })], []);
    }
    served.configure({
      standalone: { time_zone: "Asia/Tokyo" },
      watches: { own: { targets: ["127.0.0.1"], ports: [1], schedule: "0 0 1 1 *" } },
    });
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  const open = async (settings: BrowserContextOptions = {}) =>
    await served.open({ reducedMotion: "reduce", ...settings });

  test("show the exact time to the pointer and to the keyboard, and Escape hides it", async () => {
    const { page, context, faults } = await open();
    await page.goto(`${served.base}#/knocks`);
    const link = page.getByRole("link", { name: "2026-11-29 14:04:03" });
    const exact = "2026-11-29 14:04:03.021 +09:00 (Asia/Tokyo)";
    assert.equal(await link.locator("time").getAttribute("title"), exact);
    const hint = () =>
      page.evaluate<string>(
        "(({ display, content }) => display === 'none' ? 'none' : content)(getComputedStyle(document.querySelector('td time'), '::after'))",
      );
    assert.equal(await hint(), "none");
    await page.getByRole("searchbox").focus();
    // The button, the file of the list, the link.
    for (let controls = 0; controls < 3; controls += 1) await page.keyboard.press("Tab");
    await link.and(page.locator(":focus")).waitFor();
    assert.notEqual(await hint(), "none");
    await page.keyboard.press("Escape");
    assert.equal(await hint(), "none");
    assert.deepEqual(faults, []);
    await context.close();
  });

  for (const [size, viewport] of [
    ["200 %", { width: 720, height: 450 }],
    ["400 %", { width: 320, height: 256 }],
  ] as const) {
    test(`need no scrolling to the side at ${size}`, async () => {
      const { page, context, faults } = await open({ viewport, deviceScaleFactor: 2 });
      for (const place of places) {
        await show(page, served.base, place);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth > innerWidth"), false, place);
      }
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("can be read with the colours of the system, with more contrast, and on paper", async () => {
    const { page, context, faults } = await open({ contrast: "more", colorScheme: "dark" });
    for (const place of places) {
      await show(page, served.base, place);
      assert.deepEqual(await accessibilityFaults(page), [], place);
    }
    await page.emulateMedia({ forcedColors: "active" });
    await show(page, served.base, "#/knocks");
    const border = "getComputedStyle(document.querySelector('.badge')).borderTopWidth";
    assert.equal(await page.evaluate(border), "1px");
    await page.emulateMedia({ media: "print", forcedColors: "none" });
    await show(page, served.base, "#/knocks");
    assert.equal(await page.getByRole("navigation", { name: "Pages" }).isVisible(), false);
    assert.equal(await page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
    assert.equal(await page.evaluate("getComputedStyle(document.body).color"), "rgb(0, 0, 0)");
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("say that the server is away, and go on by themselves when it is back", async () => {
    const { page, context, faults } = await open();
    await page.goto(`${served.base}#/knocks`);
    await page.getByText("live", { exact: true }).waitFor();
    await served.stop();
    await page.getByRole("status").getByText("Server not reachable: trying again.").waitFor();
    await page.getByText("not live: trying again").waitFor();
    {
      await using store = await openStore({ location: served.database, thread: "caller" });
      await record(store, [connection("b", { at: at + 1000, ...from("203.0.113.51") })], []);
    }
    await served.start();
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByText("Server not reachable").waitFor({ state: "hidden" });
    await page.getByRole("link", { name: "203.0.113.51" }).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("follow the events only while they are looked at, and miss none", async () => {
    const { page, context, faults } = await open();
    const streams = new Set<unknown>();
    page.on("request", (request) => {
      if (request.url().includes("/events?")) streams.add(request);
    });
    page.on("requestfailed", (request) => streams.delete(request));
    await page.goto(`${served.base}#/knocks`);
    await page.getByText("live", { exact: true }).waitFor();
    assert.equal(streams.size, 1);
    const turn = async (state: "hidden" | "visible") =>
      await page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));`);
    await turn("hidden");
    await until("the stream ends", () => streams.size === 0);
    {
      await using store = await openStore({ location: served.database, thread: "caller" });
      await record(store, [connection("c", { at: at + 2000, ...from("203.0.113.52") })], []);
    }
    assert.equal(await page.getByRole("link", { name: "203.0.113.52" }).count(), 0);
    await turn("visible");
    await page.getByRole("link", { name: "203.0.113.52" }).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });
});

async function show(page: Page, base: string, place: string): Promise<void> {
  await page.goto(`${base}${place}`);
  await page.reload();
  await page.getByRole("heading", { level: 1 }).waitFor();
  for (const loading of await page.getByText("Loading ...").all()) await loading.waitFor({ state: "hidden" });
}

/** Where connections come from: chart, map and tables, and what leads from them to single connections. */
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { freePort } from "../harness/free-port.ts";
import { fillForReport } from "../report-file/filled-store.ts";
import { accessibilityFaults, whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

describe("the summary of knocks", { skip: whyNoBrowser() ?? false }, () => {
  let served: ServedPages;

  before(async () => {
    served = await ServedPages.create();
    await fillForReport(served.directory);
    const watch = { targets: ["127.0.0.1"], ports: [1], schedule: "0 0 1 1 *" };
    // An address of its own: whatever else scans this machine's 127.0.0.1 would be counted.
    const listeners = { decoy: { ports: [await freePort()], host: "127.83.4.1" } };
    served.configure({ listeners, watches: { own: watch } });
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  for (const [size, viewport, colorScheme] of [
    ["phone", { width: 390, height: 844 }, "dark"],
    ["desktop", { width: 1440, height: 900 }, "light"],
  ] as const) {
    test(`has a chart, a map and tables, and is used by keyboard alone: ${size}`, async () => {
      const { page, context, faults } = await served.open({
        viewport,
        colorScheme,
        reducedMotion: "reduce",
      });
      await page.goto(`${served.base}#/knocks`);
      await page.getByRole("link", { name: "Where from" }).focus();
      await page.keyboard.press("Enter");
      await page.getByText("in the last 24 hours.").waitFor();
      await page.getByRole("link", { name: "30 days" }).focus();
      await page.keyboard.press("Enter");
      await page.getByText("900 connections from 60 addresses in 6 countries in the last 30 days.").waitFor();
      assert.equal(await page.getByRole("link", { name: "30 days" }).getAttribute("aria-current"), "true");
      const { timeZone } = (await (await page.request.get(`${served.base}api/v1/program`)).json()) as {
        timeZone: string;
      };
      await page.getByText(`Day in ${timeZone}`, { exact: true }).waitFor();
      const chart = page.getByRole("img", { name: "Connections by day." });
      await chart.locator("canvas").waitFor();
      await page.getByRole("img", { name: "Map of the countries." }).waitFor();
      assert.equal(await page.locator(".map .level5 title").textContent(), "Germany: 240");
      await page.getByText("Numbers", { exact: true }).focus();
      await page.keyboard.press("Enter");
      const numbers = await page.getByRole("table", { name: "Connections by day" }).getByRole("cell").allInnerTexts();
      assert.equal(
        numbers.reduce((sum, text) => sum + Number(text), 0),
        900,
      );
      const countries = page.getByRole("table", { name: "Countries" });
      assert.deepEqual(await countries.getByRole("row").nth(1).allInnerTexts(), ["Singapore\t435"]);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth > innerWidth"), false);
      assert.deepEqual(await accessibilityFaults(page), []);
      const pictures = process.env["HARBINGER_TEST_PICTURES"];
      if (pictures !== undefined)
        await page.screenshot({ path: path.join(pictures, `summary-${size}.png`), fullPage: true });
      await page.getByRole("link", { name: "zgrab/0.x" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("table", { name: "Connections to decoy ports" }).waitFor();
      assert.equal(await page.getByRole("searchbox").inputValue(), 'since:30d agent:"zgrab/0.x"');
      await page.getByRole("row").nth(1).getByText("zgrab/0.x").waitFor({ state: "attached" });
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("counts what a search finds, keeps it between both views, and says which words it does not know", async () => {
    const { page, context, faults } = await served.open({ reducedMotion: "reduce" });
    await page.goto(`${served.base}#/knocks/summary/7d`);
    await page.getByText("900 connections").waitFor();
    await page.getByRole("searchbox").fill("port:22 NOT country:NL");
    await page.keyboard.press("Enter");
    const counted = page.getByText(/^1\d\d connections from \d+ addresses in 4 countries in the last 7 days\.$/);
    await counted.waitFor();
    await page.getByRole("link", { name: "One by one" }).click();
    // Until then it is the field of the other view.
    await counted.waitFor({ state: "detached" });
    assert.equal(await page.getByRole("searchbox").inputValue(), "port:22 NOT country:NL");
    await page.getByRole("link", { name: "Where from" }).click();
    await page.getByText(/^\d+ connections from \d+ addresses/).waitFor();
    await page.getByRole("searchbox").fill("hostname:x");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText('"hostname" is not known here').waitFor();
    await page.getByRole("searchbox").fill("port:9");
    await page.keyboard.press("Enter");
    await page.getByText("Nobody connected").waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("loads chart and map only where they are shown", async () => {
    const { page, context } = await served.open();
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(request.url()));
    await page.goto(served.base);
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
    await page.getByRole("link", { name: "Knocks", exact: true }).first().click();
    await page.getByRole("link", { name: "Where from" }).waitFor();
    const heavy = () => loaded.filter((url) => /time-chart|world-map/.test(url));
    assert.deepEqual(heavy(), []);
    await page.getByRole("link", { name: "Where from" }).click();
    await page.getByRole("img", { name: "Map of the countries." }).waitFor();
    assert.ok(heavy().length >= 2);
    await context.close();
  });
});

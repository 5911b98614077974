/** Every page of a program that hostile texts have reached on every way, found by following its links. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { HostileNetwork, hostileTexts, unsafeCharacters } from "../adversary/hostile-network.ts";
import { whyNoOpenssl } from "../harness/certificate-authority.ts";
import { password } from "../web/attacked-web.ts";
import { buildPages, openPage, startBrowser, whyNoBrowser } from "./browser.ts";

/** Pages of one kind that are opened at most: `#/knocks/ID`. */
const maxOfKind = 12;

describe("hostile texts in the pages", { skip: whyNoOpenssl() ?? whyNoBrowser() ?? false }, () => {
  let network!: HostileNetwork;
  let browser!: Awaited<ReturnType<typeof startBrowser>>;
  before(async () => {
    await buildPages();
    browser = await startBrowser();
    network = await HostileNetwork.start();
    for (const [index, name] of [hostileTexts.markup, hostileTexts.bidirectional, hostileTexts.escape].entries())
      await network.change("PATCH", `api/v1/devices/52:54:00:00:01:0${index}`, { name });
  });
  after(async () => {
    await browser?.close();
    await network?.[Symbol.asyncDispose]();
  });

  test("are text on every page, and nothing of them runs or is loaded", async (t) => {
    const { page, context, faults } = await openPage(browser, network.base);
    await page.goto(network.base);
    await page.getByLabel("Name").fill("ann");
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
    const typed = encodeURIComponent(hostileTexts.markup);
    const waiting = ["#/", `#/knocks?q=${typed}`, `#/network/hosts/${typed}`, `#/${typed}`, `#/reports/${typed}`];
    const seen = new Set<string>();
    const ofKind = new Map<string, number>();
    const marks = new Set<string>();
    for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
      const kind = address.replace(/\?.*/, "").replaceAll(/\/[^/]*[\d%:][^/]*/g, "/ID");
      if (seen.has(address) || (ofKind.get(kind) ?? 0) >= maxOfKind) continue;
      seen.add(address);
      ofKind.set(kind, (ofKind.get(kind) ?? 0) + 1);
      await page.goto(`${network.base}${address}`);
      await page.locator("h1").first().waitFor();
      for (const loading of await page.getByText("Loading ...").all()) await loading.waitFor({ state: "hidden" });
      // A list shows only the rows near the screen.
      await page.keyboard.press("End");
      const living = await page.evaluate<string>(`[...document.querySelectorAll("*")].flatMap((element) =>
        [...element.attributes].filter(({ name, value }) => name.startsWith("on") || /^\\s*javascript:/i.test(value))
          .map(({ name }) => element.tagName + " " + name)).join()`);
      assert.equal(living, "", address);
      assert.equal(await page.evaluate("document.querySelectorAll('#app script, #app iframe, #app object').length"), 0);
      const text = await page.evaluate<string>("document.body.innerText + document.title");
      const found = unsafeCharacters.exec(text);
      const around = found === null ? "" : text.slice(Math.max(0, found.index - 40), found.index + 40);
      assert.equal(found, null, `${address}: ${JSON.stringify(around)}`);
      for (const [mark] of text.matchAll(/mark-[a-z]+/g)) marks.add(mark);
      const isTooWide = await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
      assert.equal(isTooWide, false, `${address} is wider than the screen`);
      const links = await page.evaluate<string[]>(
        `[...document.querySelectorAll("a[href]")].map((link) => link.getAttribute("href"))`,
      );
      for (const link of links) {
        assert.match(link, /^(?:#|api\/v1\/|openapi\.json|metrics)/, `${address} has a link to ${link}`);
        if (link.startsWith("#/")) waiting.push(link);
      }
      assert.deepEqual(faults, [], address);
    }
    t.diagnostic(`${seen.size} pages: ${[...ofKind.keys()].join(" ")}`);
    assert.ok(seen.size >= 20 && marks.size >= 12, `${seen.size} pages, ${[...marks].join()}`);
    await context.close();
  });
});

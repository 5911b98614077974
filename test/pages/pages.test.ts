import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { projectRoot } from "../../scripts/package/project.ts";
import { hashPassword } from "../../src/web/access/password-hash.ts";
import { pageNames } from "../../src/web/pages/plain-page.ts";
import { freePort } from "../harness/free-port.ts";
import { accessibilityFaults, whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

const password = "correct horse";

const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1440, height: 900 },
} as const;

/** Everything that could leave a page's text: markup, script, NUL, terminal and bidirectional control characters. */
const hostile =
  "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>\0\u001b[31m\u202egnp.exe\u2066&lt;b&gt;{{7*7}}javascript:alert(4)";

/** The decoy port may reset the connection once it has read enough. */
function knock(port: number, bytes: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let isConnected = false;
    const socket = net.connect(port, "127.0.0.1", () => {
      isConnected = true;
      socket.end(bytes);
    });
    socket.on("error", (error) => (isConnected ? resolve() : reject(error))).on("close", () => resolve());
    socket.resume();
  });
}

describe("the pages in a browser", { skip: whyNoBrowser() ?? false }, () => {
  let served: ServedPages;
  let decoy = 0;
  let marks = 0;

  before(async () => {
    served = await ServedPages.create();
    decoy = await freePort();
    served.configure({
      standalone: { time_zone: "Asia/Tokyo" },
      listeners: { decoy: { ports: [decoy], host: "127.0.0.1" } },
      watches: { own: { targets: ["127.0.0.1"], ports: [decoy, served.port], schedule: "* * * * * *" } },
      web: { users: { ann: { password: await hashPassword(password), role: "operate" } } },
    });
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  const login = async (settings: BrowserContextOptions = {}) => {
    const opened = await served.open({ viewport: sizes.desktop, ...settings });
    await opened.page.goto(served.base);
    await opened.page.getByLabel("Name").fill("ann");
    await opened.page.getByLabel("Password").fill(password);
    await opened.page.getByRole("button", { name: "Log in" }).click();
    await opened.page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
    return opened;
  };

  test("need the password, and say what is wrong", async () => {
    const { page, context, faults } = await served.open();
    await page.goto(`${served.base}#/knocks`);
    await page.getByLabel("Name").fill("ann");
    await page.getByLabel("Password").fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("The name or the password is wrong.").waitFor();
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Knocks", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Log out ann" }).click();
    await page.getByRole("heading", { name: "Log in to Harbinger" }).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("show a connection as text, whatever it contains, in the configured zone", async () => {
    const { page, context, faults } = await login();
    const filling = "A".repeat(64 * 1024 - hostile.length);
    await knock(decoy, `GET /${hostile} HTTP/1.1\r\nHost: <b>host</b>\r\nUser-Agent: ${hostile}\r\n\r\n${filling}`);
    await page.getByRole("link", { name: "Knocks", exact: true }).first().click();
    const time = page.getByRole("row").nth(1).getByRole("link").first();
    const iso = await time.locator("time").getAttribute("datetime");
    const tokyo = new Date(Date.parse(iso ?? "") + 9 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
    assert.equal(await time.innerText(), tokyo);
    await time.click();
    const text = page.getByRole("region", { name: "First bytes as text" });
    await text.waitFor();
    const shown = await text.innerText();
    assert.match(shown, /<script>alert\(1\)<\/script><img src=x onerror=alert\(2\)>/);
    assert.match(shown, /\\x00\\x1b\[31m\\u\{202e\}/);
    for (const character of ["\0", "\u001b", "\u202e", "\u2066"]) assert.ok(!shown.includes(character));
    await page.getByLabel("Hexadecimal").check();
    const hex = page.getByRole("region", { name: "First bytes as hexadecimal" });
    assert.match(await hex.innerText(), /^00000000 {2}47 45 54 20/);
    assert.equal(await page.locator("#app script, #app img, #app svg, #app b").count(), 0);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("show a new connection within a second", async () => {
    const { page, context, faults } = await login();
    // An empty list has no table.
    await knock(decoy, "GET /before HTTP/1.1\r\nHost: x\r\n\r\n");
    await page.getByRole("link", { name: "Knocks", exact: true }).first().click();
    await page.getByText("live", { exact: true }).waitFor();
    // The list is loaded once more when the stream begins.
    await page.locator("table[aria-busy=false]").waitFor();
    const tookMs: number[] = [];
    for (let number = 1; number <= 5; number += 1) {
      const mark = `/found-${process.pid}-${number}`;
      await knock(decoy, `GET ${mark} HTTP/1.1\r\nHost: x\r\n\r\n`);
      const begin = performance.now();
      await page
        .getByRole("cell", { name: new RegExp(mark) })
        .waitFor()
        .catch(async (error: unknown) => {
          // Whether it was recorded, and what the page shows instead.
          const stored = await (await page.request.get(`${served.base}api/v1/connections?limit=8`)).text();
          const shown = await page.locator("main").innerText();
          throw new Error(`${mark}: stored ${stored.slice(0, 4000)}\nshown ${shown.slice(0, 2000)}`, { cause: error });
        });
      tookMs.push(Math.round(performance.now() - begin));
    }
    // The median: other tests run at the same time, and one of five may have to wait for a processor.
    const median = tookMs.toSorted((one, other) => one - other)[2] ?? assert.fail();
    assert.ok(median < 1000, `they took ${tookMs.join(", ")} ms`);
    assert.deepEqual(faults, []);
    await context.close();
  });

  /** A connection that is stored. @returns what only its row contains */
  const knockAndSee = async (page: Page): Promise<RegExp> => {
    marks += 1;
    const mark = `/seen-${marks}-${process.pid}`;
    await knock(decoy, `GET ${mark} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const isStored = async () =>
      (await (await page.request.get(`${served.base}api/v1/connections?limit=5`)).text()).includes(mark);
    while (!(await isStored()));
    return new RegExp(mark);
  };

  test("show a connection that is recorded before the stream of events begins", async () => {
    const { page, context, faults } = await login();
    await knockAndSee(page);
    const begins = Promise.withResolvers<void>();
    await page.route("**/api/v1/events?*", async (route) => {
      await begins.promise;
      await route.continue().catch(() => {});
    });
    await page.getByRole("link", { name: "Knocks", exact: true }).first().click();
    await page.locator("table[aria-busy=false]").waitFor();
    const mark = await knockAndSee(page);
    assert.equal(await page.getByRole("cell", { name: mark }).count(), 0);
    begins.resolve();
    await page.getByRole("cell", { name: mark }).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("keep a new connection when an older answer comes after it", async () => {
    const { page, context, faults } = await login();
    const arrives = Promise.withResolvers<void>();
    let asked = 0;
    await page.route("**/api/v1/connections?*", async (route) => {
      const response = await route.fetch();
      asked += 1;
      await arrives.promise;
      await route.fulfill({ response }).catch(() => {});
    });
    await page.getByRole("link", { name: "Knocks", exact: true }).first().click();
    await page.getByText("live", { exact: true }).waitFor();
    // Once for the page, once because the stream began.
    while (asked < 2) await page.evaluate("new Promise((resolve) => requestAnimationFrame(resolve))");
    const mark = await knockAndSee(page);
    const cell = page.getByRole("cell", { name: mark });
    await cell.waitFor();
    arrives.resolve();
    await page.locator("table[aria-busy=false]").waitFor();
    assert.equal(await cell.count(), 1);
    assert.deepEqual(faults, []);
    await context.close();
  });

  const everyPage = [
    ["#/", "Overview"],
    ["#/network/devices", "Devices"],
    ["#/network/hosts", "Hosts"],
    ["#/network/services", "Services"],
    ["#/network/certificates", "Certificates"],
    ["#/network/hosts/127.0.0.1", "127.0.0.1"],
    ["#/knocks", "Knocks"],
    ["#/reports", "Reports"],
    ["#/deliveries", "Deliveries"],
    ["#/scans", "Scans"],
    ["#/settings", "Settings"],
  ] as const;

  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ["light", "dark"] as const) {
      test(`can be used by everybody: ${size}, ${colorScheme}`, async () => {
        await knock(decoy, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        const { page, context, faults } = await login({ viewport, colorScheme, reducedMotion: "reduce" });
        for (const [address, title] of everyPage) {
          await page.goto(`${served.base}${address}`);
          await page.getByRole("heading", { name: title, level: 1 }).waitFor();
          for (const loading of await page.getByText("Loading ...").all()) await loading.waitFor({ state: "hidden" });
          const folderOfPictures = process.env["HARBINGER_TEST_PICTURES"];
          if (folderOfPictures !== undefined) {
            const name = `${address.replaceAll(/[^a-z0-9]+/g, "-")}-${size}-${colorScheme}.png`;
            await page.screenshot({ path: path.join(folderOfPictures, name) });
          }
          const isTooWide = await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
          assert.equal(isTooWide, false, `${title} is wider than the screen`);
          assert.deepEqual(await page.getByRole("alert").allInnerTexts(), [], title);
          assert.deepEqual(await accessibilityFaults(page), [], title);
        }
        assert.deepEqual(faults, []);
        await context.close();
      });
    }
  }

  test("load less than 90 kB of script and style for the overview, and nothing that only other pages need", async () => {
    const { page, context } = await login();
    const files = await page.evaluate<{ name: string; encodedBodySize: number }[]>(
      `performance.getEntriesByType("resource").filter(({ name }) => /\\.(?:js|css)$/.test(name))
        .map(({ name, encodedBodySize }) => ({ name, encodedBodySize }))`,
    );
    const bytes = files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    assert.ok(bytes > 1000 && bytes < 90_000, `${bytes} bytes`);
    // Charts and maps are files of their own, which the document does not name.
    const names = files.map(({ name }) => name.replace(served.base, "").replace(/-[\w-]{8}\./, "."));
    assert.deepEqual(names.sort(), ["assets/index.css", "assets/index.js"]);
    await context.close();
  });
});

test("the list of tested pages is in the menu of the pages", () => {
  const menu = readFileSync(path.join(projectRoot, "src/web/dashboard/app.tsx"), "utf8");
  const pages = [...menu.matchAll(/^ {2}\["(\w+)", "/gm)].map(([, page]) => page);
  assert.deepEqual(pages, ["network", "knocks", "reports", "deliveries", "scans", "settings"]);
  assert.deepEqual(pages, [...pageNames], "each is led to by its name, too");
});

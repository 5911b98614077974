import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { parseAddress } from "../../src/core/address.ts";
import { parseMac } from "../../src/core/device.ts";
import type { ExaminedResult, News } from "../../src/core/examination.ts";
import { openStore } from "../../src/store/open-store.ts";
import { freePort } from "../harness/free-port.ts";
import { accessibilityFaults, whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

/** Presses Tab until the control has the focus: a mouse is never used here. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press("Tab");
    const focused = await focusedName(page);
    if (typeof name === "string" ? focused === name : name.test(focused)) return;
  }
  assert.fail(`Tab does not reach ${String(name)}; it is at ${await focusedName(page)}`);
}

async function focusedName(page: Page): Promise<string> {
  // As text: these tests are compiled without the types of browsers.
  return await page.evaluate<string>(`(() => {
    const element = document.activeElement;
    const label = element.labels?.[0]?.textContent ?? element.textContent;
    return label.replace(/\\s+/g, " ").trim();
  })()`);
}

async function heard(page: Page, words: RegExp): Promise<void> {
  await page.getByRole("status").getByText(words).waitFor();
}

async function knock(port: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.end("x"));
    socket.on("close", () => resolve());
  });
}

describe("attention on the pages, by keyboard alone", { skip: whyNoBrowser() ?? false }, () => {
  let served: ServedPages;
  let decoy = 0;

  before(async () => {
    served = await ServedPages.create();
    decoy = await freePort();
    served.configure({
      listeners: { decoy: { ports: [decoy], host: "127.0.0.1" } },
      watches: {
        own: { label: "Own Net", targets: ["127.0.0.1"], ports: [decoy, served.port], schedule: "* * * * * *" },
      },
    });
    await using store = await openStore({ location: served.database, thread: "caller" });
    const mac = parseMac("52:54:00:00:00:10") ?? assert.fail();
    await store.devices.record({
      watch: "devices",
      at: Date.now(),
      present: ["127.0.0.1", "fd77::30"].map((each) => ({
        mac,
        address: parseAddress(each) ?? assert.fail(),
        link: "lo",
      })),
      names: new Map([[mac, []]]),
      vendors: new Map([[mac, "QEMU"]]),
      probed: [],
      policy: { goneAfter: 3, flapLimit: 4, flapWindowMs: 1000 },
      audiences: [],
    });
    // What is urgent, and fifteen newer discoveries that are not.
    const nas = parseAddress("192.0.2.9") ?? assert.fail();
    const probed = Array.from({ length: 1000 }, (_, i) => 6000 + i);
    for (const ports of [[6379], probed.slice(379, 395)]) {
      const session = await store.scans.begin({ watch: "before", ports: probed, engine: "connect", at: Date.now() });
      await session.add(ports.map((port) => ({ address: nas, port })));
      await session.finish({
        at: Date.now(),
        status: "complete",
        engine: "connect",
        notes: [],
        coverage: { kind: "all" },
        policy: { goneAfter: 3, flapLimit: 4, flapWindowMs: 1000, announceFailure: "changes" },
        audiences: [],
      });
      if (ports.length > 1) continue;
      const examine = (news: readonly News[], results: readonly ExaminedResult[]) =>
        store.examinations.record({
          watch: "before",
          at: Date.now(),
          services: [{ address: nas, port: 6379, results, memory: "{}", news }],
          audiences: [],
        });
      const isProtected = { check: "exposure", passed: false, verdict: "protected", output: "", facts: {} } as const;
      await examine([{ kind: "exposed", detail: "Redis: accepted INFO before it was protected" }], []);
      await examine([], [isProtected]);
      await examine([{ kind: "exposed", detail: "Redis: accepts commands without a password" }], []);
    }
    await store[Symbol.asyncDispose]();
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  const open = async (fragment: string, width = 1440) => {
    const opened = await served.open({ viewport: { width, height: 900 } });
    opened.page.setDefaultTimeout(10_000);
    await opened.page.goto(`${served.base}${fragment}`);
    await opened.page.getByRole("heading", { level: 1 }).waitFor();
    return opened;
  };

  const check = async (page: Page) => {
    assert.deepEqual(await accessibilityFaults(page, { every: true }), []);
    const width = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    assert.ok(width <= 0, `the page is ${width} pixels too wide`);
  };

  const checkBoth = async (page: Page) => {
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await check(page);
    }
  };

  test("a device is named, approved and muted in its row, and the mute is ended", async () => {
    const { page, context, faults } = await open("#/network/devices");
    await page.getByRole("cell", { name: "52:54:00:00:00:10" }).last().waitFor();
    await tabTo(page, /^Name the device/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Name the device 52:54:00:00:00:10" }).waitFor();
    await check(page);
    await page.keyboard.press("Escape");
    assert.match(await focusedName(page), /^Name the device/, "Escape gives the focus back");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Name the device 52:54:00:00:00:10" }).waitFor();
    await page.keyboard.type("the <b>NAS</b>");
    await page.keyboard.press("Enter");
    await heard(page, /is named the <b>NAS<\/b>/);
    await page.getByRole("cell", { name: "the <b>NAS</b>", exact: true }).waitFor();
    assert.match(await focusedName(page), /^Name the device the <b>NAS/);
    await page.keyboard.press("Shift+Tab");
    assert.match(await focusedName(page), /^Approve the <b>NAS/);
    await page.keyboard.press("Space");
    await heard(page, /is approved/);
    assert.match(await focusedName(page), /^Approved the <b>NAS/);

    await tabTo(page, /^Mute device/);
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    assert.match(await focusedName(page), /^1 hour/);
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
    await page
      .getByLabel(/^Until/)
      .last()
      .waitFor();
    await check(page);
    await page.keyboard.press("ArrowUp");
    assert.match(await focusedName(page), /^1 week/);
    await page.keyboard.press("Tab");
    await page.keyboard.type("it reboots every night");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await heard(page, /Muted device the <b>NAS/);
    assert.match(await focusedName(page), /^Mute device/);
    await page.getByText("present, muted", { exact: true }).waitFor();
    await check(page);

    await page.goto(`${served.base}#/network/mutes`);
    await page.getByText("it reboots every night").waitFor();
    await tabTo(page, /^End now the mute of device/);
    await check(page);
    await page.keyboard.press("Enter");
    await heard(page, /ends within seconds/);
    assert.match(await focusedName(page), /^Ended the mute of device/);
    assert.deepEqual(faults, []);
    await context.close();
  });

  for (const width of [1440, 390]) {
    test(`a host, its port and its discoveries are muted and acknowledged on its page, ${width} pixels wide`, async () => {
      await knock(decoy);
      const { page, context, faults } = await open("#/network/hosts/127.0.0.1", width);
      await page.getByRole("heading", { name: "Timeline" }).waitFor();
      await tabTo(page, /^Mute port host 127\.0\.0\.1, port \d+/);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await check(page);
      await page.keyboard.press("Enter");
      await heard(page, /Muted host 127\.0\.0\.1, port \d+/);
      await page.getByRole("button", { name: /^End now the mute of host/ }).waitFor();
      assert.match(await focusedName(page), /^End now the mute of host 127\.0\.0\.1, port \d+/);
      await check(page);
      await page.keyboard.press("Enter");
      await heard(page, /ends within seconds/);
      await page.getByRole("button", { name: /^End now/ }).waitFor({ state: "detached" });
      assert.match(await focusedName(page), /^Mute port host 127\.0\.0\.1, port \d+/);
      await tabTo(page, /^Acknowledge (?!all)/);
      const before = await page.getByRole("button", { name: /^Acknowledge (?!all)/ }).count();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: /^Acknowledge: / }).waitFor();
      await page.keyboard.type("known");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await heard(page, /^Acknowledged: /);
      await page.getByText("known", { exact: true }).waitFor();
      assert.match(await focusedName(page), /^Undo the acknowledgement of/);
      assert.equal(await page.getByRole("button", { name: /^Acknowledge (?!all)/ }).count(), before - 1);
      await check(page);
      await page.keyboard.press("Enter");
      await heard(page, /^Not acknowledged any more/);
      await page.keyboard.press("Shift+Tab");
      while (!(await focusedName(page)).startsWith("Acknowledge all")) await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: /^Acknowledge all/ }).waitFor();
      await page.keyboard.type("all known");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await heard(page, /^Acknowledged \d+ discover(?:y|ies) of 127\.0\.0\.1/);
      await page.getByText("all known").first().waitFor();
      assert.match(await focusedName(page), /^Acknowledge all/);
      await page.keyboard.press("Tab");
      assert.match(await focusedName(page), /^Undo \d+ acknowledgements?$/);
      await page.keyboard.press("Enter");
      await heard(page, /^Not acknowledged any more: \d+ discover/);
      await page.getByText("all known").first().waitFor({ state: "detached" });
      // The next width begins as this one did.
      const undo = page.getByRole("button", { name: /^Undo/ });
      while ((await undo.count()) > 0) {
        const left = await undo.count();
        await undo.first().focus();
        await page.keyboard.press("Enter");
        while ((await undo.count()) === left) await page.getByRole("status").getByText(/./).waitFor();
      }
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("lists are sorted by their headings, and grouped", async () => {
    const { page, context, faults } = await open("#/network/services");
    await page.getByRole("row").nth(1).waitFor();
    await tabTo(page, "First seen");
    await page.keyboard.press("Enter");
    const heading = (name: string) => page.getByRole("columnheader", { name });
    await page.locator('th[aria-sort="ascending"]', { hasText: "First seen" }).waitFor();
    assert.match(await focusedName(page), /^First seen/, "the heading keeps the focus");
    await page.keyboard.press("Space");
    await page.locator('th[aria-sort="descending"]', { hasText: "First seen" }).waitFor();
    assert.equal(await heading("Address").getAttribute("aria-sort"), "none");
    await page.getByRole("row").nth(1).waitFor();
    await page.keyboard.press("Shift+Tab");
    while ((await page.evaluate<string>("document.activeElement.tagName")) !== "SELECT")
      await page.keyboard.press("Shift+Tab");
    await page.keyboard.type("Subnet");
    await page.getByRole("heading", { level: 2, name: /127\.0\.0\.0\/24: \d+$/ }).waitFor();
    await check(page);
    for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { level: 2, name: /Own Net: \d+$/ }).waitFor();

    await page.goto(`${served.base}#/network/devices`);
    await page.getByRole("row").nth(1).waitFor();
    await tabTo(page, "Name");
    await page.keyboard.press("Enter");
    await page.locator('th[aria-sort="ascending"]', { hasText: "Name" }).waitFor();
    await check(page);
    assert.deepEqual(faults, []);
    await context.close();
  });

  for (const width of [390, 1440])
    test(`services and hosts are found by their device and show it, ${width} pixels wide`, async () => {
      const { page, context, faults } = await open("#/network/services?q=vendor%3Aqemu", width);
      const vendor = page.getByRole("cell", { name: "QEMU" });
      await page.getByRole("link", { name: "127.0.0.1" }).first().waitFor();
      if (width > 800) await vendor.first().waitFor();
      await check(page);
      await page.goto(`${served.base}#/network/hosts?q=mac%3A52%3A54%3A00%3A00%3A00%3A10`);
      await page.getByRole("heading", { level: 1, name: "Hosts" }).waitFor();
      await page.getByRole("row").filter({ hasText: "127.0.0.1" }).waitFor();
      if (width > 800) await vendor.waitFor();
      await tabTo(page, "127.0.0.1");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "127.0.0.1" }).waitFor();
      await tabTo(page, "fd77::30");
      await check(page);
      assert.deepEqual(faults, []);
      await context.close();
    });

  test("a search that cannot be read is explained, without a second try", async () => {
    const { page, context } = await open("#/network/services?q=NOT+port%3Ahttp");
    const alert = page.getByRole("alert");
    await alert.getByText("port: wrong value; write it as in port:443").waitFor();
    assert.match((await alert.textContent()) ?? "", /^port: wrong value/);
    assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
    await context.close();
  });

  test("what the server rejects is said in the dialog, which stays open", async () => {
    const { page, context, faults } = await open("#/network/hosts/127.0.0.1");
    await tabTo(page, /^Mute host/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
    await page.getByLabel(/^Until \(/).fill("2020-01-01T00:00");
    await page.getByLabel("Why").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page
      .getByRole("dialog")
      .getByRole("alert")
      .getByText(/end in the future/)
      .waitFor();
    await check(page);
    await page.keyboard.press("Escape");
    assert.match(await focusedName(page), /^Mute host/);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("what is urgent is first on the overview until it is acknowledged", async () => {
    for (const width of [1440, 390]) {
      const { page, context, faults } = await open("#/", width);
      const news = page.getByRole("region", { name: "News from the network, last 24 hours" });
      await news.getByRole("heading", { name: "Urgent, not acknowledged" }).waitFor();
      await news.getByRole("listitem").first().getByText("accepts commands without a password").waitFor();
      await news.getByRole("listitem").getByText("First scan of before: 1 open port").waitFor();
      const joined = news.getByRole("listitem").filter({ hasText: "15 discoveries: 192.0.2.9" });
      await joined.getByRole("link", { name: "15 discoveries" }).waitFor();
      await check(page);
      await joined.getByRole("link", { name: "15 discoveries" }).click();
      await page.getByRole("heading", { name: "Discoveries", level: 1 }).waitFor();
      await page.getByRole("row").nth(15).waitFor();
      assert.equal(await page.getByRole("row").count(), 1 + 15, "all of them, and nothing else");
      await page.goBack();
      await news.getByRole("heading", { name: "Urgent, not acknowledged" }).waitFor();
      assert.equal(await news.getByText("before it was protected").count(), 1, "among the latest");
      await news
        .getByRole("listitem")
        .filter({ hasText: /was exposed .*found protected at/ })
        .waitFor();
      await tabTo(page, "exposed: 2");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Discoveries", level: 1 }).waitFor();
      await page.getByText("accepts commands without a password").first().waitFor();
      assert.equal(await page.getByRole("row").count(), 3);
      await page.getByRole("row").filter({ hasText: "was exposed" }).getByText("found protected at").waitFor();
      assert.deepEqual(faults, []);
      await context.close();
    }
    const { page, context, faults } = await open("#/network/discoveries?q=kind%3Aexposed");
    await page.getByText("accepts commands without a password").first().waitFor();
    await tabTo(page, /^Acknowledge exposed/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: /^Acknowledge: / }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await heard(page, /^Acknowledged: /);
    await page.goto(`${served.base}#/`);
    await page
      .getByRole("region", { name: "News from the network, last 24 hours" })
      .getByRole("listitem")
      .first()
      .waitFor();
    await page.getByRole("heading", { name: "Urgent, not acknowledged" }).waitFor({ state: "detached" });
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("discoveries that nobody acknowledged are one step from the overview", async () => {
    for (const width of [1440, 390]) {
      const { page, context, faults } = await open("#/", width);
      await page.getByRole("link", { name: /not acknowledged$/ }).waitFor();
      await tabTo(page, /not acknowledged$/);
      await check(page);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Discoveries", level: 1 }).waitFor();
      await page.goto(`${served.base}#/network/discoveries`);
      await page.getByRole("row").nth(1).waitFor();
      await tabTo(page, /^Acknowledge (?!all)/);
      await check(page);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: /^Acknowledge: / }).waitFor();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await heard(page, /^Acknowledged: /);
      await check(page);
      await page.keyboard.press("Enter");
      await heard(page, /^Not acknowledged any more/);
      assert.deepEqual(faults, []);
      await context.close();
    }
  });

  for (const width of [1440, 390])
    test(`all that a search of discoveries finds is acknowledged, and not any more, ${width} pixels wide`, async () => {
      const q = "watch:before";
      const { page, context, faults } = await open(`#/network/discoveries?q=${encodeURIComponent(q)}`, width);
      const notAcknowledged = async () => {
        const answer = await fetch(`${served.base}api/v1/discoveries/unacknowledged?q=${encodeURIComponent(q)}`);
        return ((await answer.json()) as { readonly count: number }).count;
      };
      const before = await notAcknowledged();
      assert.ok(before >= 16, String(before));
      await page.getByRole("button", { name: `Acknowledge all ${before}` }).waitFor();
      await tabTo(page, new RegExp(`^Acknowledge all ${before} discoveries that the search finds$`));
      await check(page);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: `Acknowledge all ${before} discoveries` }).waitFor();
      await check(page);
      await page.keyboard.type("the <b>lab</b>");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await heard(page, new RegExp(`^Acknowledged ${before} discoveries\\.$`));
      assert.match(await focusedName(page), /^Acknowledge all/, "the button keeps the focus");
      await page.locator('button[aria-disabled="true"]', { hasText: /^Acknowledge all/ }).waitFor();
      await page
        .getByText(width > 800 ? "the <b>lab</b>" : "Undo")
        .first()
        .waitFor();
      assert.equal(await notAcknowledged(), 0);
      await page.keyboard.press("Tab");
      assert.equal(await focusedName(page), `Undo ${before} acknowledgements`);
      await check(page);
      await page.keyboard.press("Enter");
      await heard(page, new RegExp(`^Not acknowledged any more: ${before} discoveries`));
      await page.getByRole("button", { name: `Acknowledge all ${before}` }).waitFor();
      assert.match(await focusedName(page), /^Acknowledge all/, "the focus is not lost with the button");
      assert.equal(await notAcknowledged(), before);
      assert.deepEqual(faults, []);
      await context.close();
    });

  test("a source is muted on its page, its connections are marked in the list, and the mute is ended there", async () => {
    await knock(decoy);
    const { page, context, faults } = await open("#/knocks/from/127.0.0.1");
    await page.getByRole("row").nth(1).waitFor();
    await tabTo(page, /^Mute this source/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Mute connections from 127.0.0.1" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type("our <i>scanner</i>");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await heard(page, /^Muted connections from 127\.0\.0\.1/);
    await page.getByText("our <i>scanner</i>").waitFor();
    assert.match(await focusedName(page), /^End now the mute of connections from 127\.0\.0\.1/);
    await checkBoth(page);
    await knock(decoy);

    await page.goto(`${served.base}#/knocks`);
    await page.getByRole("cell").getByText("muted", { exact: true }).first().waitFor();
    await checkBoth(page);

    await page.goto(`${served.base}#/knocks/from/127.0.0.1`);
    await tabTo(page, /^End now the mute of connections/);
    await page.keyboard.press("Enter");
    await heard(page, /ends within seconds/);
    await page.getByRole("button", { name: /^End now/ }).waitFor({ state: "detached" });
    assert.match(await focusedName(page), /^Mute this source connections from/);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a muted host says so in one line, and the mute is ended there", async () => {
    const { page, context, faults } = await open("#/network/hosts/127.0.0.1");
    await page.getByRole("heading", { name: "Timeline" }).waitFor();
    const other = await context.newPage();
    await other.goto(`${served.base}#/network/hosts/127.0.0.1`);
    await other.getByRole("button", { name: /^Mute host/ }).waitFor();
    await page.bringToFront();
    await tabTo(page, /^Mute host/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Mute host 127.0.0.1" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type("it is rebuilt");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await heard(page, /^Muted host 127\.0\.0\.1/);
    await page.getByText("it is rebuilt").waitFor();
    assert.match(await focusedName(page), /^End now the mute of host 127\.0\.0\.1/);
    assert.equal(await page.getByText("it is rebuilt").count(), 1, "not again at each port");
    await other.getByText("it is rebuilt").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Mute (host|port)/ }).count(), 0);
    await checkBoth(page);
    await page.keyboard.press("Enter");
    await heard(page, /ends within seconds/);
    await page.getByRole("button", { name: /^End now/ }).waitFor({ state: "detached" });
    assert.match(await focusedName(page), /^Mute host host 127/);
    await other.getByRole("button", { name: /^Mute host/ }).waitFor();
    await other
      .getByRole("button", { name: /^Mute port/ })
      .first()
      .waitFor();
    await page.getByRole("link", { name: "Overview" }).press("Enter");
    await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
    assert.equal(
      await page.getByText(/ends within seconds/).count(),
      0,
      "what was said of one page is not said on the next",
    );
    assert.deepEqual(faults, []);
    await context.close();
  });
});

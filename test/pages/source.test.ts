/** The page of one source of connections, and what leads there. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { openStore } from "../../src/store/open-store.ts";
import { identify } from "../../src/wire/identify.ts";
import { connection, from, record } from "../store/inbound-sample.ts";
import { look, sighting } from "../store/sample.ts";
import { accessibilityFaults, whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

describe("the page of a source", { skip: whyNoBrowser() ?? false }, () => {
  let served: ServedPages;

  before(async () => {
    served = await ServedPages.create();
    await fill(served.database);
    const watch = { targets: ["127.0.0.1"], ports: [1], schedule: "0 0 1 1 *" };
    served.configure({ watches: { own: watch } });
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  for (const [size, viewport] of [
    ["phone", { width: 390, height: 844 }],
    ["desktop", { width: 1440, height: 900 }],
  ] as const) {
    test(`shows its ports, its connections, and the others with its fingerprint: ${size}`, async () => {
      const { page, context, faults } = await served.open({ viewport, reducedMotion: "reduce" });
      await page.goto(`${served.base}#/knocks`);
      await page.getByRole("link", { name: "203.0.113.50" }).first().focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "203.0.113.50", level: 1 }).and(page.locator(":focus")).waitFor();
      await page.getByRole("heading", { name: "Fingerprints" }).waitFor();
      const table = page.getByRole("table", { name: "Connections from 203.0.113.50, newest first" });
      assert.equal(await table.getAttribute("aria-rowcount"), "4");
      const ports = page.getByRole("region", { name: "Ports tried" }).getByRole("listitem");
      assert.deepEqual(await ports.allInnerTexts(), ["port 443 2", "port 8080 1"]);
      await page.getByText("1 other address has it:").waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth > innerWidth"), false);
      const pictures = process.env["HARBINGER_TEST_PICTURES"];
      if (pictures !== undefined) await page.screenshot({ path: path.join(pictures, `source-${size}.png`) });
      await page.getByRole("link", { name: "203.0.113.51" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "203.0.113.51", level: 1 }).and(page.locator(":focus")).waitFor();
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("an address of the machine itself is marked as such, and no other", async () => {
    const { page, context, faults } = await served.open({ viewport: { width: 390, height: 844 } });
    for (const place of ["#/knocks", "#/knocks/sources"]) {
      await page.goto(`${served.base}${place}`);
      const row = page.getByRole("row").filter({ hasText: "127.0.0.1" });
      await row.getByText("this machine").filter({ visible: true }).waitFor();
      assert.equal(await page.getByText("this machine").filter({ visible: true }).count(), 1);
    }
    await page.goto(`${served.base}#/knocks/from/127.0.0.1`);
    await page.getByText("this machine", { exact: true }).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a source that scans know is marked, and leads to its host and back", async () => {
    const { page, context, faults } = await served.open({
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await page.goto(`${served.base}#/knocks?q=known`);
    const row = page.getByRole("row").nth(1);
    await row.getByRole("link", { name: "known host" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "192.0.2.7", level: 1 }).waitFor();
    await page.getByRole("link", { name: "Knocked on your decoys 2 times" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("known host", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Copy 192.0.2.7" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("Copied").waitFor();
    assert.equal(await page.evaluate("navigator.clipboard.readText()"), "192.0.2.7");
    await page.goto(`${served.base}#/knocks?q=NOT known`);
    await page.getByRole("link", { name: "203.0.113.50" }).first().waitFor();
    assert.equal(await page.getByText("known host").count(), 0);
    assert.deepEqual(faults, []);
    await context.close();
  });
});

async function fill(file: string): Promise<void> {
  await using store = await openStore({ location: file, thread: "caller" });
  const at = Date.now() - 60_000;
  const hello = readFileSync(new URL("../../src/wire/tls/fixtures/chromium.bin", import.meta.url));
  const tls = { payload: new Uint8Array(hello), bytes: hello.length, identification: identify(hello) };
  const local = { ...connection("x").local, port: 443 };
  await record(
    store,
    [
      connection("a", { at, local, ...tls, ...from("203.0.113.50") }),
      connection("b", { at: at + 1, local, ...tls, ...from("203.0.113.50") }),
      connection("c", { at: at + 2, ...from("203.0.113.50") }),
      connection("d", { at: at + 3, local, ...tls, ...from("203.0.113.51") }),
      connection("e", { at: at + 4, ...from("192.0.2.7") }),
      connection("f", { at: at + 5, ...from("192.0.2.7") }),
      connection("g", { at: at - 5, ...from("127.0.0.1") }),
    ],
    [],
  );
  await look(store, { at, sees: [sighting("192.0.2.7", 22)], outcome: { audiences: [] } });
}

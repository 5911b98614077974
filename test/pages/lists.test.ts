/** What the rows of every list show, on a phone and on a desktop: measured, with real findings and the longest texts. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { parseMac } from "../../src/core/device.ts";
import { openStore } from "../../src/store/open-store.ts";
import { freePort } from "../harness/free-port.ts";
import { HttpServer } from "../harness/http-server.ts";
import { openPort } from "../harness/open-port.ts";
import { connection, from, record } from "../store/inbound-sample.ts";
import { address, look, policy, sighting } from "../store/sample.ts";
import { until } from "../web/running-web.ts";
import { accessibilityFaults } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

/** None is longer, and it has no part that is left out. */
const longest = "2001:db8:4a2f:8c11:ba27:ebff:fe00:1040";
const name = "raspberrypi-of-the-living-room";
const reason = "This token may not write to the channel.";
const certificate = {
  sha256: Array.from({ length: 32 }, () => "AA").join(":"),
  keySha256: "aa".repeat(32),
  subject: "CN=www.example.org",
  issuer: "CN=Example CA",
  serial: "01",
  validFrom: Date.now() - 86_400_000,
  validTo: Date.now() + 12.5 * 86_400_000,
  names: ["DNS:www.example.org"],
  selfSigned: false,
};

describe("the rows of lists", async () => {
  const decoy = await freePort();
  const resources = new AsyncDisposableStack();
  let served: ServedPages;

  before(async () => {
    served = await ServedPages.create();
    const server = resources.use(await HttpServer.start());
    server.fault = { kind: "reply", status: 400, text: reason };
    const open = resources.use(await openPort("127.0.0.1"));
    await fill(served.database);
    served.configure({
      listeners: { decoy: { ports: [decoy], host: "127.0.0.1" } },
      notify: { webhooks: { pager: { url: `${server.url}/hook` } } },
      watches: { own: { targets: ["127.0.0.1"], ports: [open.port], notify: ["pager"], schedule: "0 0 1 1 *" } },
    });
    await served.start();
    const dead = `${served.base}api/v1/deliveries?q=state%3Adead`;
    await until("a delivery is given up", async () => (await (await fetch(dead)).text()).includes(reason));
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
    await resources.disposeAsync();
  });

  const date = /^(?:next )?\d{4}-\d\d-\d\d \d\d:\d\d$/;
  /** What a phone shows whole of a row, each a text or a pattern of a cell; and what it may shorten. */
  const lists: readonly {
    readonly place: string;
    readonly whole: readonly (string | RegExp)[];
    readonly shortened?: readonly RegExp[];
  }[] = [
    { place: "#/network/devices", whole: [name, longest, "present", date, /^Approve/] },
    { place: "#/network/hosts", whole: [longest, name, "present", date, "40 services"] },
    { place: "#/network/services", whole: [longest, "port 8443: nginx 1.26.2", "present", date], shortened: [/^rasp/] },
    { place: "#/network/certificates", whole: ["DNS:www.example.org", "12 days", longest, "CN=Example CA", date] },
    {
      place: "#/network/discoveries",
      whole: [date, /^Acknowledge/],
      shortened: [new RegExp(`^new ${longest}, port 8482`)],
    },
    {
      place: "#/network/mutes",
      whole: [`${longest}, port 8443`, "is replaced next week", "in force", date, /^End now/],
    },
    { place: "#/knocks", whole: [date, `${longest} known`, "http", "port 8080"] },
    { place: "#/knocks/sources", whole: [`${longest} known`, "1 knock", date, "http"] },
    { place: `#/knocks/from/${longest}`, whole: [date, "http", "port 8080"] },
    { place: "#/reports", whole: ["webhook: pager", "given up", date], shortened: [/1 new host/] },
    {
      place: "#/deliveries",
      whole: ["webhook: pager", "given up", date, /^Retry/],
      shortened: [/1 new host/, new RegExp(reason)],
    },
    { place: "#/scans", whole: ["own", "waiting", date, /^Scan now/] },
    { place: "#/settings", whole: ["decoy", String(decoy)] },
  ];

  const open = async (place: string, width: number) => {
    const opened = await served.open({ viewport: { width, height: 900 }, reducedMotion: "reduce" });
    await opened.page.goto(`${served.base}${place}`);
    await opened.page.getByRole("row").nth(1).waitFor();
    return opened;
  };

  for (const { place, whole, shortened = [] } of lists)
    test(`show on a phone what belongs to them, with nothing cut off: ${place}`, async () => {
      const { page, context, faults } = await open(place, 390);
      const cells = await measured(page);
      const find = (words: string | RegExp) => {
        const cell = cells.find(({ text }) => (typeof words === "string" ? text === words : words.test(text)));
        assert.ok(cell !== undefined, `${String(words)} is not in ${JSON.stringify(cells)}`);
        return cell;
      };
      for (const words of whole) assert.equal(find(words).isCut, false, String(words));
      for (const words of shortened) find(words);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth > innerWidth"), false);
      assert.deepEqual(faults, []);
      await context.close();
    });

  test("show on a desktop whole names, addresses and times", async () => {
    for (const place of ["devices", "hosts", "services", "certificates", "mutes"]) {
      const { page, context, faults } = await open(`#/network/${place}`, 1440);
      const cells = await measured(page);
      assert.deepEqual(
        cells.filter(({ isCut }) => isCut),
        [],
        place,
      );
      assert.deepEqual(faults, []);
      await context.close();
    }
  });

  test("tell why a message was not delivered, to the pointer, the keyboard and on a phone", async () => {
    for (const width of [390, 1440]) {
      const { page, context, faults } = await open("#/deliveries", width);
      const button = page.getByRole("button", { name: reason });
      await button.focus();
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog", { name: "Why it was given up" });
      await dialog.getByText(reason).waitFor();
      await dialog.getByText("webhook: pager").waitFor();
      assert.deepEqual(await accessibilityFaults(page, { every: true }), []);
      await page.keyboard.press("Escape");
      await button.and(page.locator(":focus")).waitFor();
      await button.click();
      await dialog.getByRole("button", { name: "Close" }).click();
      await dialog.waitFor({ state: "detached" });
      assert.deepEqual(faults, []);
      await context.close();
    }
  });

  test("keep their places when the screen gets another width", async () => {
    const { page, context, faults } = await open("#/network/services", 390);
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      await page.getByText("8482", { exact: false }).filter({ visible: true }).first().waitFor();
      const height = await page.evaluate<number>("document.querySelector('tbody').getBoundingClientRect().height");
      assert.equal(Math.round(height), width === 390 ? 41 * 97 : 41 * 44);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });
});

interface Cell {
  readonly text: string;
  readonly isCut: boolean;
}

/** The visible cells of all rows: what is read in them, and whether something of it is outside of them. */
async function measured(page: Page): Promise<readonly Cell[]> {
  return await page.evaluate<readonly Cell[]>(`[...document.querySelectorAll("tbody tr:not(.space)")].flatMap((row) =>
    [...row.cells].filter((cell) => cell.getClientRects().length > 0).map((cell) => {
      const box = row.getBoundingClientRect();
      const { left, right, top, bottom } = cell.getBoundingClientRect();
      const isOutside = left < box.left || right > box.right || top < box.top - 0.5 || bottom > box.bottom + 0.5;
      const boxes = [cell, ...cell.querySelectorAll(".text")];
      const isTooSmall = boxes.some((each) =>
        each.scrollWidth > each.clientWidth || (each.matches(".text") && each.scrollHeight > each.clientHeight + 1));
      return { text: cell.innerText.replace(/\\s+/g, " ").trim(), isCut: isOutside || isTooSmall };
    }))`);
}

async function fill(file: string): Promise<void> {
  await using store = await openStore({ location: file, thread: "caller" });
  const at = Date.now() - 3600_000;
  const own = address(longest);
  const mac = parseMac("52:54:00:00:00:10") ?? assert.fail();
  await store.devices.record({
    watch: "devices",
    at: at - 1000,
    present: [{ mac, address: own, link: "eth0" }],
    names: new Map([[mac, [{ name, source: "mdns" }]]]),
    vendors: new Map([[mac, "QEMU"]]),
    probed: [],
    policy,
    audiences: [],
  });
  const ports = Array.from({ length: 400 }, (_, index) => 8443 + index);
  await look(store, {
    at,
    ports,
    sees: ports.slice(0, 40).map((port) => sighting(longest, port)),
    outcome: { audiences: [] },
  });
  const service = {
    address: own,
    port: 8443,
    results: [],
    memory: "{}",
    news: [],
    service: { name: "https", product: "nginx", version: "1.26.2" },
    chain: [certificate],
  };
  await store.examinations.record({ watch: "ssh", at: at + 1, services: [service], audiences: [] });
  await store.mutes.add({
    target: { kind: "host", address: own, port: 8443 },
    note: "is replaced next week",
    by: "",
    at: Date.now(),
    until: Date.now() + 86_400_000,
  });
  await record(store, [connection("a", { at, ...from(longest) })], []);
}

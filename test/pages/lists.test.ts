/** What the rows of every list show, on a phone and on a desktop: measured, with real findings and the longest texts. */
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { parseMac } from "../../src/core/device.ts";
import { openStore } from "../../src/store/open-store.ts";
import { freePort } from "../harness/free-port.ts";
import { HttpServer } from "../harness/http-server.ts";
import { openPort } from "../harness/open-port.ts";
import { queueReport } from "../notify/temporary-store.ts";
import { connection, from, record } from "../store/inbound-sample.ts";
import { address, look, policy, sighting } from "../store/sample.ts";
import { until } from "../web/running-web.ts";
import { accessibilityFaults, whyNoBrowser } from "./browser.ts";
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
const changedCertificate =
  `another fingerprint and key: was CN=www.example.org, until 2026-11-30 UTC, SHA-256 ${certificate.sha256}; ` +
  `is CN=www.example.org; issued by CN=Example CA; until 2027-11-30 UTC; SHA-256 ${certificate.sha256}`;

describe("the rows of lists", { skip: whyNoBrowser() ?? false }, async () => {
  const decoy = await freePort();
  const resources = new AsyncDisposableStack();
  let served: ServedPages;
  /** For people: HARBINGER_TEST_PICTURES is the folder. */
  let picture: (page: Page, title: string) => Promise<void> = async () => {};

  before(async () => {
    served = await ServedPages.create();
    const pictures = process.env["HARBINGER_TEST_PICTURES"];
    picture = async (page, title) => {
      if (pictures !== undefined) await page.screenshot({ path: path.join(pictures, `${title}.png`) });
    };
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

  const untilDate = /^until \d{4}-\d\d-\d\d UTC$/;
  const date = /^(?:next |created |until )?\d{4}-\d\d-\d\d \d\d:\d\d$/;
  /** What a phone shows whole of a row, each a text or a pattern of a cell; and what it may shorten. */
  const lists: readonly {
    readonly place: string;
    readonly whole: readonly (string | RegExp)[];
    readonly shortened?: readonly RegExp[];
  }[] = [
    { place: "#/network/devices", whole: [name, longest, "present", date, /^Approve/] },
    { place: "#/network/hosts", whole: [longest, name, "present", date, "40 services"] },
    { place: "#/network/services", whole: [longest, "port 8443: nginx 1.26.2", "present", date], shortened: [/^rasp/] },
    {
      place: "#/network/certificates",
      whole: [
        "DNS:www.example.org",
        "12 days",
        "expired less than a day ago",
        "self-signed",
        `[${longest}]:8443`,
        "issued by CN=Example CA",
        untilDate,
      ],
    },
    {
      place: "#/network/discoveries",
      whole: [
        date,
        /^Acknowledge/,
        "muted, not reported acknowledged",
        /^\d{4}-\d\d-\d\d \d\d:\d\d by ann: our own renewal all of it$/,
        new RegExp(`^new ${longest}, port 8482, ${name}$`),
        new RegExp(`^certificate changed ${longest}, port 8443, ${name} another fingerprint`),
      ],
    },
    {
      place: "#/network/mutes",
      whole: [`host ${longest}, port 8443`, "is replaced next week", "in force", date, /^End now/],
    },
    {
      place: "#/knocks",
      whole: [date, longest, "not approved", "http", "port 8080"],
      shortened: [new RegExp(`^${name}: GET `)],
    },
    { place: "#/knocks/sources", whole: [longest, "not approved 1 knock", date, "http"] },
    { place: `#/knocks/from/${longest}`, whole: [date, "http", "port 8080"] },
    { place: "#/reports", whole: ["webhook: pager", "given up", date], shortened: [/1 new host/] },
    {
      place: "#/deliveries",
      whole: ["webhook: pager", "given up", date, /^Retry/, "delivered", /^at \d{4}-\d\d-\d\d \d\d:\d\d$/],
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
      let cells = await measured(page);
      const cellOf = (words: string | RegExp) =>
        cells.find(({ text }) => (typeof words === "string" ? text === words : words.test(text)));
      // A page may have several lists, which come one after the other.
      for (let looks = 0; looks < 50 && !whole.every((words) => cellOf(words) !== undefined); looks++) {
        await delay(100);
        cells = await measured(page);
      }
      await picture(page, `phone-${place.replaceAll(/[^a-z]+/g, "-")}`);
      const find = (words: string | RegExp) => {
        const cell = cellOf(words);
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
    for (const place of ["devices", "hosts", "services", "certificates", "discoveries", "mutes"]) {
      const { page, context, faults } = await open(`#/network/${place}`, 1440);
      await picture(page, `desktop-${place}`);
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

  test("of deliveries are a link where the health of the program is shown", async () => {
    const { page, context, faults } = await open("#/settings", 1440);
    await page.getByRole("link", { name: "show why" }).click();
    await page.getByRole("row").filter({ hasText: "given up" }).first().waitFor();
    assert.equal(await page.getByRole("searchbox").inputValue(), 'state:"given up"');
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("show the whole heading of a group on a phone", async () => {
    const { page, context, faults } = await open("#/network/services?group=vendor", 390);
    const heading = page.getByRole("button", { name: /^QEMU/ });
    await heading.waitFor();
    await page.evaluate(
      "document.querySelector('.group button bdi').textContent = 'Vendor of network interfaces '.repeat(5)",
    );
    const isCut =
      "(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)(document.querySelector('.group button'))";
    assert.equal(await page.evaluate(isCut), false);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth > innerWidth"), false);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("have one ground below the pointer", async () => {
    for (const width of [390, 1440]) {
      const { page, context, faults } = await open("#/network/discoveries", width);
      const row = page.getByRole("row").nth(1);
      const grounds = async () =>
        await page.evaluate<readonly string[]>(`(([element]) => [element, ...element.cells])(
          document.querySelectorAll("tbody tr")).map((each) =>
            getComputedStyle(each).backgroundColor === "rgba(0, 0, 0, 0)" ? "none" : "painted")`);
      const cells = (await grounds()).slice(1);
      await page.mouse.move(0, 0);
      assert.deepEqual(await grounds(), ["none", ...cells.map(() => "none")]);
      await row.hover();
      assert.deepEqual(await grounds(), ["painted", ...cells.map(() => "none")]);
      assert.deepEqual(faults, []);
      await context.close();
    }
  });

  test("have a search whose field shows all of its example", async () => {
    const { page, context, faults } = await open("#/network/devices", 390);
    for (const { place } of lists) {
      await page.goto(`${served.base}${place}`);
      await page.getByRole("row").nth(1).waitFor();
      const field = page.getByRole("searchbox");
      if ((await field.count()) === 0) continue;
      const room = await page.evaluate<number>(`(() => {
        const element = document.querySelector("input[type=search]");
        const { paddingLeft, paddingRight, font } = getComputedStyle(element);
        const example = document.createElement("span");
        example.style.font = font;
        example.style.whiteSpace = "nowrap";
        example.style.position = "absolute";
        example.textContent = element.getAttribute("placeholder");
        document.body.append(example);
        const { width } = example.getBoundingClientRect();
        example.remove();
        return element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight) - width;
      })()`);
      assert.ok(room >= 0, `${place}: ${room} pixels`);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("say what was done where it covers neither the control that undoes it nor takes its clicks", async () => {
    for (const width of [390, 1440]) {
      const { page, context, faults } = await open("#/network/discoveries", width);
      const rows = page.getByRole("row");
      // The last one that is on the screen.
      const inView = await page.evaluate<number>(
        "[...document.querySelectorAll('tbody tr')].filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length",
      );
      const row = rows.nth(inView);
      const name = (await row.getByRole("button", { name: /^Acknowledge/ }).textContent()) ?? "";
      await row.getByRole("button", { name: /^Acknowledge/ }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Acknowledge", exact: true }).click();
      const said = page.getByRole("status").getByText(/^Acknowledged: /);
      await said.waitFor();
      const undo = row.getByRole("button", { name: /^Undo/ });
      const [message, button] = [await said.boundingBox(), await undo.boundingBox()];
      if (message === null || button === null) assert.fail(name);
      const isApart =
        message.y + message.height <= button.y ||
        button.y + button.height <= message.y ||
        message.x + message.width <= button.x ||
        button.x + button.width <= message.x;
      assert.ok(isApart, JSON.stringify({ message, button, width }));
      const clicks = await page.evaluate("getComputedStyle(document.querySelector('.said span')).pointerEvents");
      assert.equal(clicks, "none");
      await undo.click();
      await page
        .getByRole("status")
        .getByText(/^Not acknowledged any more/)
        .waitFor();
      assert.deepEqual(faults, []);
      await context.close();
    }
  });

  test("open a finding with all of it, and who has seen it", async () => {
    for (const width of [390, 1440]) {
      const { page, context, faults } = await open("#/network/discoveries", width);
      const found = page.getByRole("button", { name: /^another fingerprint and key/ });
      const dialog = page.getByRole("dialog", { name: "What was found" });
      await found.click();
      await dialog.getByText(changedCertificate).waitFor();
      for (const words of [longest, "8443", name, "certificate changed"])
        await dialog.getByText(words, { exact: true }).waitFor();
      await dialog
        .getByRole("definition")
        .filter({ hasText: / by ann: our own renewal$/ })
        .waitFor();
      await picture(page, `finding-${width}`);
      assert.deepEqual(await accessibilityFaults(page, { every: true }), []);
      await page.keyboard.press("Escape");
      await found.and(page.locator(":focus")).waitFor();
      await page.getByRole("button", { name: /by ann: our own renewal/ }).click();
      await dialog.getByRole("button", { name: "Close" }).click();
      await dialog.waitFor({ state: "detached" });
      assert.deepEqual(await accessibilityFaults(page, { every: true }), []);
      assert.deepEqual(faults, []);
      await context.close();
    }
  });

  test("try a delivery that was given up again, with a click", async () => {
    const attempts = async () => {
      const { rows } = (await (await fetch(`${served.base}api/v1/deliveries?q=state%3Adead`)).json()) as {
        readonly rows: readonly { readonly attempts: number }[];
      };
      return rows[0]?.attempts ?? 0;
    };
    for (const width of [390, 1440]) {
      const before = await attempts();
      assert.ok(before > 0);
      const { page, context, faults } = await open("#/deliveries", width);
      await page.getByRole("button", { name: /^Retry (?!all)/ }).click();
      await page.getByText(/^Tried again: .*webhook: pager\.$/).waitFor();
      await until("it is tried again, and given up again", async () => (await attempts()) > before);
      await page.getByText("given up", { exact: true }).waitFor();
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
      assert.equal(Math.round(height), width === 390 ? 41 * 97 : 41 * 48);
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
      // What opens with all of it may be cut.
      const boxes = [cell, ...cell.querySelectorAll(".text:not(.reason *)")];
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
    news: [{ kind: "certificate-changed" as const, detail: changedCertificate }],
    service: { name: "https", product: "nginx", version: "1.26.2" },
    chain: [certificate],
  };
  const expired = {
    ...certificate,
    sha256: Array.from({ length: 32 }, () => "BB").join(":"),
    validTo: Date.now() - 3600_000,
    names: ["DNS:old.example.org"],
    selfSigned: true,
  };
  const other = { ...service, port: 8444, news: [], chain: [expired] };
  await store.mutes.add({ target: { kind: "device", mac }, note: "", by: "ann", at: at + 1, until: at + 1000 });
  await store.examinations.record({ watch: "ssh", at: at + 2, services: [service, other], audiences: [] });
  const [changed] = (await store.discoveries.list({ kinds: ["certificate-changed"], limit: 1 })).rows;
  await store.discoveries.acknowledge({ id: changed?.id ?? 0 }, { at: at + 3, by: "ann", note: "our own renewal" });
  await store.mutes.add({
    target: { kind: "host", address: own, port: 8443 },
    note: "is replaced next week",
    by: "",
    at: Date.now(),
    until: Date.now() + 86_400_000,
  });
  await queueReport(store, "ops@example.org", at);
  for (const { id } of await store.deliveries.claim({ at, limit: 10 })) {
    await store.deliveries.recordOutcome(id, { kind: "delivered" }, { at });
  }
  await record(store, [connection("a", { at, ...from(longest) })], []);
}

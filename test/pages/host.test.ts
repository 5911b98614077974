/** The page of a host: its services in the order of their urgency, and what the checks found, in short lines. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { parseMac } from "../../src/core/device.ts";
import { openStore } from "../../src/store/open-store.ts";
import { address, look, sighting } from "../store/sample.ts";
import { accessibilityFaults, whyNoBrowser } from "./browser.ts";
import { ServedPages } from "./served-pages.ts";

const day = 86_400_000;

describe("the page of a host", { skip: whyNoBrowser() ?? false }, () => {
  let served: ServedPages;

  before(async () => {
    served = await ServedPages.create();
    await fill(served.database);
    served.configure({ watches: { own: { targets: ["127.0.0.1"], ports: [1], schedule: "0 0 1 1 *" } } });
    await served.start();
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
  });

  for (const width of [390, 1440])
    test(`shows what is urgent first, each verdict once in its colour, and no file of the server, ${width} pixels wide`, async () => {
      const { page, context, faults } = await served.open({ viewport: { width, height: 900 } });
      await page.goto(`${served.base}#/network/hosts/192.0.2.7`);
      const cards = page.getByRole("article");
      await cards.nth(3).waitFor();
      const heads = await cards.getByRole("heading").allInnerTexts();
      assert.deepEqual(heads, [
        "port 6379 redis Redis 7.0.15",
        "port 9443 https nginx",
        "port 22 ssh OpenSSH 9.6",
        "port 80",
      ]);
      const badges = cards.locator(".service-head .badge");
      const shown = await badges.evaluateAll((all) =>
        all.map(({ textContent, className }) => [textContent, className]),
      );
      assert.deepEqual(shown, [
        ["exposed", "badge bad"],
        ["inconclusive", "badge plain"],
        ["protected", "badge good"],
        ["present", "badge good"],
      ]);
      const lines = async (card: number, title: string) => {
        const term = cards.nth(card).getByRole("term").filter({ hasText: title });
        return (await term.locator("xpath=following-sibling::dd").innerText()).split(/\n+/);
      };
      assert.deepEqual(await lines(0, "Exposure"), [
        "Redis 7.0.15: accepts commands without a password",
        "evidence: +PONG",
      ]);
      assert.deepEqual((await lines(1, "Certificate")).slice(0, 2), [
        "expired 2 days ago CN=www.example.org",
        "self-signed",
      ]);
      assert.deepEqual(await lines(2, "TLS"), ["TLS not detected"]);
      assert.equal(await cards.nth(2).locator(".warn, .bad").count(), 0);
      const text = await page.locator("main").innerText();
      assert.doesNotMatch(text, /ca_certs|truststore|exposed:|protected:/);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth > innerWidth"), false);
      assert.deepEqual(await accessibilityFaults(page, { every: true }), []);
      assert.deepEqual(faults, []);
      await context.close();
    });

  test("of an address that two devices have says so in red, and names and approves each by itself", async () => {
    const { page, context, faults } = await served.open();
    await page.goto(`${served.base}#/network/hosts/192.0.2.8`);
    await page.locator("h1 + .badge.bad, h1 .badge.bad").getByText("used by two devices").waitFor();
    const facts = page.getByRole("term").filter({ hasText: "MAC address" });
    const macs = await facts.locator("xpath=following-sibling::dd[1]").allInnerTexts();
    assert.deepEqual(macs, ["00:11:32:00:00:08", "00:11:33:00:00:08"]);
    await page.getByRole("button", { name: "Approve 00:11:33:00:00:08" }).click();
    await page.getByRole("button", { name: "Approved 00:11:33:00:00:08" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Approve 00:11:32:00:00:08" }).count(), 1);
    await page.goto(`${served.base}#/network/hosts`);
    await page.getByRole("row").filter({ hasText: "192.0.2.8" }).getByText("used by two devices").waitFor();
    assert.deepEqual(await accessibilityFaults(page, { every: true }), []);
    assert.deepEqual(faults, []);
    await context.close();
  });
});

async function fill(file: string): Promise<void> {
  await using store = await openStore({ location: file, thread: "caller" });
  const at = Date.now() - 60_000;
  const ports = [22, 80, 6379, 9443];
  const sees = [...ports.map((port) => sighting("192.0.2.7", port)), sighting("192.0.2.8", 80)];
  await look(store, { at, ports, sees, outcome: { audiences: [] } });
  await store.devices.record({
    ...{ watch: "devices", at, names: new Map(), vendors: new Map(), probed: [], audiences: [] },
    present: ["00:11:32:00:00:08", "00:11:33:00:00:08"].map((mac) => ({
      mac: parseMac(mac) ?? assert.fail(),
      address: address("192.0.2.8"),
      link: "eth0",
    })),
    policy: { goneAfter: 2, flapLimit: 4, flapWindowMs: day },
  });
  const none = { check: "tls", passed: false, output: "TLS not detected", facts: {} };
  const service = (port: number, more: object) => ({
    ...{ address: address("192.0.2.7"), port, results: [], memory: "{}", news: [] },
    ...more,
  });
  const verdict = (word: "exposed" | "protected" | "inconclusive", output: string) => ({
    ...{ check: "exposure", passed: word === "exposed", verdict: word, output: `${word}: ${output}`, facts: {} },
  });
  const certificate = {
    ...{ sha256: Array.from({ length: 32 }, () => "AA").join(":"), keySha256: "aa".repeat(32) },
    ...{ subject: "CN=www.example.org", issuer: "CN=www.example.org", serial: "01", names: [], selfSigned: true },
    ...{ validFrom: Date.now() - 90 * day, validTo: Date.now() - 2.5 * day },
  };
  const saved = {
    check: "cert",
    passed: true,
    output: "1 certificate saved to ca_certs/192.0.2.7-truststore.pem\n1. CN=www.example.org; self-signed",
    facts: { truststore: "ca_certs/192.0.2.7-truststore.pem" },
  };
  await store.examinations.record({
    watch: "ssh",
    at: at + 1,
    services: [
      service(22, {
        results: [verdict("protected", "OpenSSH 9.6: a key exchange follows"), none],
        service: { name: "ssh", product: "OpenSSH", version: "9.6" },
      }),
      service(6379, {
        results: [verdict("exposed", "Redis 7.0.15: accepts commands without a password\nevidence: +PONG")],
        service: { name: "redis", product: "Redis", version: "7.0.15" },
      }),
      service(9443, {
        results: [verdict("inconclusive", "nginx: a web server"), saved],
        service: { name: "https", product: "nginx" },
        chain: [certificate],
      }),
    ],
    audiences: [],
  });
}

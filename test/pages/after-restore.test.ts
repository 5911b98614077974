/** Pages that stay open while the program behind them changes: an older backup is restored, or the login ends in another tab. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { hashPassword } from "../../src/web/access/password-hash.ts";
import { harbinger, type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { connectTo } from "../harness/reloading.ts";
import { until } from "../web/running-web.ts";
import { buildPages, openPage, startBrowser, whyNoBrowser } from "./browser.ts";

const password = "correct horse";

describe("pages that stay open", { skip: whyNoBrowser() ?? false }, () => {
  let browser: Awaited<ReturnType<typeof startBrowser>>;
  before(async () => {
    await buildPages();
    browser = await startBrowser();
  });
  after(async () => await browser.close());

  async function program(web: object = {}) {
    const stack = new AsyncDisposableStack();
    const folder = stack.use(temporaryFolder());
    const [port, decoy] = [await freePort(), await freePort()];
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      JSON.stringify({ listeners: { decoy: { ports: [decoy], host: "127.0.0.1" } }, web }),
    );
    let running: RunningCli | undefined;
    const start = async () => {
      running = startHarbinger(["run"], {
        directory: folder.path,
        environment: { HARBINGER_WEB_LISTEN: `127.0.0.1:${port}` },
      });
      await running.waitForOutput("serving the pages");
      await running.waitForOutput("listening");
    };
    const stop = async () => {
      running?.process.kill("SIGTERM");
      await running?.ended;
    };
    await start();
    stack.defer(stop);
    const command = async (...args: readonly string[]) => {
      const { status, stderr } = await harbinger(args, { directory: folder.path });
      assert.equal(status, 0, stderr);
    };
    return {
      base: `http://127.0.0.1:${port}/`,
      decoy,
      start,
      stop,
      command,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  }

  test("load their lists again after a backup was restored, and are live again", async () => {
    await using one = await program();
    const { page, context, faults } = await openPage(browser, one.base);
    await page.goto(`${one.base}#/knocks`);
    await page.getByText("live", { exact: true }).waitFor();
    const rows = page.locator("tbody tr:not(.space)");
    const shows = async (count: number) => await until(`${count} rows`, async () => (await rows.count()) === count);
    for (let time = 0; time < 2; time += 1) await connectTo(one.decoy);
    await shows(2);
    await one.command("backup", "early.db");
    for (let time = 0; time < 5; time += 1) await connectTo(one.decoy);
    await shows(7);
    await one.stop();
    await one.command("restore", "early.db", "--force");
    await one.start();
    await shows(2);
    await page.getByText("live", { exact: true }).waitFor();
    await connectTo(one.decoy);
    await shows(3);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("show the login when the user has logged out in another tab", async () => {
    await using one = await program({ users: { ann: { password: await hashPassword(password) } } });
    const { page, context, faults } = await openPage(browser, one.base);
    await page.goto(`${one.base}#/knocks`);
    await page.getByLabel("Name").fill("ann");
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await page.getByText("live", { exact: true }).waitFor();
    const other = await context.newPage();
    await other.goto(one.base);
    await other.getByRole("button", { name: "Log out ann" }).press("Enter");
    await other.getByRole("heading", { name: "Log in to Harbinger" }).waitFor();
    await page.getByRole("heading", { name: "Log in to Harbinger" }).waitFor({ timeout: 10_000 });
    assert.deepEqual(faults, []);
    await context.close();
  });
});

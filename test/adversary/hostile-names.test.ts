/** Names that hosts of a network give themselves by multicast DNS and DNS, from real answers, in everything that the program writes. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { parse as parseCsv } from "csv-parse/sync";
import { simpleParser } from "mailparser";
import { harbinger, type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { createHomeNetwork, type HomeNetwork } from "../harness/home-network.ts";
import { launcherOf } from "../harness/launchers.ts";
import { whyNoLab } from "../harness/network.ts";
import { MailServer } from "../harness/smtp-server.ts";
import { openPage, startBrowser, whyNoBrowser } from "../pages/browser.ts";
import { until } from "../web/running-web.ts";
import { assertHarmless, formula, livingMarkup, marksIn } from "./harmless.ts";
import { hostileTexts, unsafeCharacters } from "./hostile-network.ts";
import type { HostileNames } from "./hostile-responder.ts";

const responder = path.join(import.meta.dirname, "hostile-responder.ts");
const { markup, attribute, escape: sequence, bidirectional, long, zero } = hostileTexts;
const { formula: sum, header, invisible, entry } = hostileTexts;
const texts = [markup, attribute, sequence, bidirectional, long, zero, sum, header, invisible, entry];
/** What is not shown becomes a dot, and two dots are no name: these have one at a time. */
const single = ["mark-sequence\u001b[31mred", "mark-override\u202egnp_exe"];

/** A name with the text as its first label, and no other: labels have 63 bytes at most (RFC 1035, section 2.3.4). */
function asLabel(text: string): string {
  const bytes = Buffer.from(text.replaceAll(".", "_")).subarray(0, 63);
  return bytes.toString().replace(/\ufffd$/, "");
}

const names = new Map([...texts, ...single].map((text, index) => [`192.168.50.${20 + index}`, asLabel(text)]));

describe("hostile names of devices", { skip: whyNoLab() ?? false, timeout: hangLimitMs }, () => {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder()).path;
  let home!: HomeNetwork;
  let mail!: MailServer;
  let running!: RunningCli;
  let base = "";

  /** One run on the scanning machine, whose DNS server is the hostile host. */
  const scan = () => {
    writeFileSync(path.join(folder, "resolv.conf"), "nameserver 192.168.50.10\noptions timeout:1 attempts:1\n");
    const [program, args] = home.command("/bin/sh", [
      "-c",
      'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"',
      "sh",
      path.join(folder, "resolv.conf"),
      ...[process.execPath, launcherOf("harbinger"), "--mode", "cron"],
    ]);
    const environment = { ...process.env, NO_COLOR: "1" };
    const options = { cwd: folder, encoding: "utf8", env: environment, timeout: hangLimitMs } as const;
    const { status, stderr } = spawnSync(program, args, options);
    // The mail server is not in this network: the mail waits, which is no success.
    assert.equal(status, 1, stderr);
    assert.match(stderr, /run complete/);
  };
  const get = async (place: string) => await fetch(`${base}api/v1/${place}`);

  before(async () => {
    mail = stack.use(await MailServer.start());
    home = stack.use(
      await createHomeNetwork([
        { name: "scanner", mac: "52:54:00:00:51:02", addresses: ["192.168.50.2/24"] },
        { name: "names", mac: "52:54:00:00:51:10", addresses: ["192.168.50.10/24"] },
      ]),
    );
    // Outside of the network that was scanned the program only shows what it found, and delivers.
    const configure = (isScanned: boolean) => {
      const when = isScanned ? {} : { schedule: "0 4 1 1 *", only_on_schedule: true };
      const watches = {
        lan: { targets: "192.168.50.0/26", ports: [22], report_on: "changes", email: "ops@example.org", ...when },
      };
      writeFileSync(path.join(folder, "harbinger.yaml"), JSON.stringify({ ...configuration, watches }));
    };
    const configuration = {
      email: { smtp_server: "127.0.0.1", smtp_port: mail.port, tls: "none", from_address: "harbinger@example.org" },
      reports: { save_to_file: true, json: true },
    };
    configure(true);
    const [program, args] = home.on("names", process.execPath, [
      responder,
      "192.168.50.10",
      JSON.stringify(Object.fromEntries(names) satisfies HostileNames),
    ]);
    const server: ChildProcess = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    stack.defer(async () => {
      if (server.exitCode !== null) return;
      server.kill("SIGKILL");
      await once(server, "exit");
    });
    assert.ok(server.stdout !== null);
    await once(server.stdout, "data");
    scan();
    for (const address of names.keys()) {
      const mac = `52:54:00:00:51:${address.slice(address.lastIndexOf(".") + 1)}`;
      await home.join({ name: `d${address.slice(address.lastIndexOf(".") + 1)}`, mac, addresses: [`${address}/24`] });
    }
    scan();
    configure(false);
    const port = await freePort();
    base = `http://127.0.0.1:${port}/`;
    running = startHarbinger(["run"], {
      directory: folder,
      environment: { HARBINGER_WEB_LISTEN: `127.0.0.1:${port}` },
    });
    stack.defer(async () => {
      running.process.kill("SIGTERM");
      await running.ended;
    });
    await running.waitForOutput("serving the pages");
    assert.equal((await fetch(`${base}api/v1/deliveries/retry`, { method: "POST" })).status, 200);
    await until("the mail", () => mail.received.length > 0);
  });
  after(async () => await stack.disposeAsync());

  test("arrive with what is not shown made visible, or not at all", async (t) => {
    const { rows } = (await (await get("devices?limit=100")).json()) as {
      readonly rows: readonly { readonly names: readonly string[] }[];
    };
    const found = rows.flatMap(({ names: all }) => all);
    t.diagnostic(JSON.stringify(found));
    assert.ok(marksIn(found.join("\n")) >= 9, found.join("\n"));
    for (const name of found) assertHarmless(name, "a name");
    for (const name of ["mark-sequence.-31mred", "mark-override.gnp_exe", "mark-zero.after"])
      assert.ok(found.includes(name), name);
    assert.ok(!found.some((name) => name.includes("mark-invisible")), "two dots in a row");
  });

  test("are text in JSON, JSON lines and CSV", async () => {
    for (const list of ["devices", "discoveries", "hosts"]) {
      const json = await (await get(`${list}?limit=100`)).text();
      assert.doesNotMatch(json, /\p{Cc}/u, list);
      const { rows: expected } = JSON.parse(json) as { readonly rows: readonly unknown[] };
      const lines = (await (await get(`${list}?format=jsonl`)).text()).split("\n").filter((line) => line !== "");
      for (const line of lines) assert.equal(typeof JSON.parse(line), "object");
      assert.equal(lines.length, expected.length);
      const csv = await (await get(`${list}?format=csv`)).text();
      const [, ...rows] = parseCsv(csv, { relax_column_count: false }) as string[][];
      assert.equal(rows.length, expected.length);
      for (const cell of rows.flat()) if (!/^-?\d+$/.test(cell)) assert.doesNotMatch(cell, formula, cell);
      if (list === "devices") assert.ok(marksIn(csv) >= 9, csv);
    }
  });

  test("are text in mail and in the files of reports", async () => {
    const marks = new Set<string>();
    for (const { raw, to } of mail.received) {
      assert.deepEqual(to, ["ops@example.org"]);
      const { headers, html = false, subject = "", text = "" } = await simpleParser(raw);
      for (const name of headers.keys()) assert.ok(!["bcc", "cc", "reply-to"].includes(name), name);
      for (const [what, part] of Object.entries({ subject, text, html: html === false ? "" : html })) {
        assertHarmless(part, what);
        assert.equal(what === "html" && livingMarkup.test(part), false);
        for (const mark of part.match(/mark-[a-z]+/g) ?? []) marks.add(mark);
      }
    }
    assert.ok(marks.size >= 6, [...marks].join());
    const files = readdirSync(path.join(folder, "reports")).map((name) => path.join(folder, "reports", name));
    let inFiles = "";
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      if (file.endsWith(".json")) JSON.parse(text);
      else assertHarmless(text, file);
      inFiles += text;
    }
    assert.ok(marksIn(inFiles) >= 6);
  });

  test("are text in a terminal, and in the overview as one HTML file", async () => {
    let shown = "";
    for (const command of [["devices"], ["devices", "--verbose"], ["hosts"], ["reports"], ["deliveries"]]) {
      const { stdout, stderr } = await harbinger(command, { directory: folder });
      assertHarmless(stdout + stderr, command.join(" "));
      shown += stdout;
    }
    assert.ok(marksIn(shown) >= 6, shown);
    const { status, stdout, stderr } = await harbinger(["report", "--html", "-"], { directory: folder });
    assert.equal(status, 0, stderr);
    assertHarmless(stdout, "overview");
    assert.doesNotMatch(stdout, livingMarkup);
    assert.ok(marksIn(stdout) >= 6, `${marksIn(stdout)} words`);
  });

  test("are text in the pages", { skip: whyNoBrowser() ?? false }, async () => {
    const browser = await startBrowser();
    try {
      const { page, faults } = await openPage(browser, base);
      await page.goto(`${base}#/network/devices`);
      await page
        .getByText(/mark-html/)
        .first()
        .waitFor();
      const text = await page.evaluate<string>("document.body.innerText");
      assert.ok(marksIn(text) >= 6, text);
      assert.equal(unsafeCharacters.exec(text), null);
      assert.equal(await page.evaluate("document.querySelectorAll('#app script, #app img[src=x]').length"), 0);
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
    }
  });
});

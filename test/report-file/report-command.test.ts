// `harbinger report`: one file about a time span, for people who do not know the program.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { launcherOf } from "../harness/launchers.ts";
import { smallDisk } from "../harness/small-disk.ts";
import { accessibilityFaults, startBrowser, whyNoBrowser } from "../pages/browser.ts";
import { fillForReport } from "./filled-store.ts";

describe("harbinger report", { concurrency: 2 }, () => {
  const folder = temporaryFolder();
  const directory = folder.path;
  const html = path.join(directory, "week.html");

  before(async () => {
    await fillForReport(directory);
    const { status, stderr } = await harbinger(["report", "--html", "week.html", "--since", "8d"], { directory });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^Report \S+week\.html, \d+ kB\n$/);
  });
  after(() => folder[Symbol.dispose]());

  test("says what happened: findings, connections, scans that failed, what waits, and certificates", () => {
    const text = readFileSync(html, "utf8")
      .replace(/<[^>]+>/g, " ")
      .replace(/ +/g, " ");
    for (const wanted of [
      "Redis exposed on 10.0.0.5:6379",
      "First scans in this time found 5 open ports on 4 hosts.",
      "New host: 10.0.0.8, port 443",
      "900 connections from 60 addresses in 6 countries.",
      "Too small for this map: Singapore.",
      "Example Cloud, AS64505 435",
      "Some scans were not complete",
      "failed; probed",
      "CN=printer ended 5 days ago",
      "ends in 12 days",
    ]) {
      assert.ok(text.includes(wanted), wanted);
    }
    assert.equal(statSync(html).mode & 0o777, 0o600);
  });

  test("looks the same without a network, runs nothing, and passes axe on a phone and on a desk, in light and dark", {
    skip: whyNoBrowser() ?? false,
  }, async () => {
    const browser = await startBrowser();
    try {
      for (const [width, colorScheme] of [
        [390, "dark"],
        [1440, "light"],
      ] as const) {
        const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true });
        const page = await context.newPage();
        const faults: string[] = [];
        page.on("pageerror", (error) => faults.push(error.message));
        page.on("dialog", (dialog) => {
          faults.push("dialog");
          void dialog.dismiss();
        });
        page.on("console", (message) => faults.push(message.text()));
        page.on("request", (request) => {
          if (request.url() !== pathToFileURL(html).href) faults.push(request.url());
        });
        await page.goto(pathToFileURL(html).href);
        await page.getByText("Numbers", { exact: true }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("table", { name: "Connections by day" }).waitFor();
        assert.equal(await page.getByRole("img").count(), 2);
        const overflow = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
        assert.ok(overflow <= 0, `${width}: ${overflow} px too wide`);
        assert.deepEqual(faults, []);
        assert.deepEqual(await accessibilityFaults(page, { every: true }), []);
        await context.close();
      }
    } finally {
      await browser.close();
    }
  });

  test("writes to standard output, and covers the time that it is told", async () => {
    const { status, stdout, stderr } = await harbinger(["report", "--html", "-", "--since", "2d", "--until", "1d"], {
      directory,
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^<!DOCTYPE html>\n/);
    assert.match(stdout, /<\/html>\n$/);
    assert.match(stdout, /By hour/);
    assert.doesNotMatch(stdout, /Redis exposed/);
    const { stdout: json } = await harbinger(["report", "--html", "x.html", "--json"], { directory });
    const { file, bytes } = JSON.parse(json) as { readonly file: string; readonly bytes: number };
    assert.equal(statSync(file).size, bytes);
  });

  test("replaces the file behind a link, and takes the longest name", async () => {
    const long = `${"x".repeat(250)}.html`;
    writeFileSync(path.join(directory, long), "old");
    symlinkSync(long, path.join(directory, "link.html"));
    const { status, stderr } = await harbinger(["report", "--html", "link.html"], { directory });
    assert.equal(status, 0, stderr);
    assert.match(readFileSync(path.join(directory, long), "utf8"), /^<!DOCTYPE html>/);
    assert.equal(readlinkSync(path.join(directory, "link.html")), long);
  });

  test("does not follow another user's link to a file that only this user can write", {
    skip: process.getuid?.() !== 0 && "needs root, to give a link to another user",
  }, async () => {
    const victim = path.join(directory, "victim.txt");
    const shared = path.join(directory, "shared");
    const link = path.join(shared, "week.html");
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    writeFileSync(victim, "important");
    symlinkSync(victim, link);
    lchownSync(link, 10_001, 10_001);
    const { status, stderr } = await harbinger(["report", "--html", link], { directory });
    assert.equal(status, 1, stderr);
    assert.match(
      stderr,
      /week\.html is a symbolic link that another user made \(user id 10001\); it is not followed\nRemove/,
    );
    assert.equal(readFileSync(victim, "utf8"), "important");
  });

  test("says that standard output is full", { skip: !existsSync("/dev/full") && "no /dev/full" }, async () => {
    const { status, stderr } = await harbinger(
      ["-c", 'exec "$0" "$1" report --html - > /dev/full', process.execPath, launcherOf("harbinger")],
      {
        directory,
        program: ["/bin/sh"],
      },
    );
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^harbinger: cannot write the results to standard output: ENOSPC/);
  });

  test("replaces a file as a whole, or leaves it", async () => {
    const old = path.join(directory, "old.html");
    writeFileSync(old, "old");
    const { status } = await harbinger(["report", "--html", "old.html", "--quiet"], { directory });
    assert.equal(status, 0);
    assert.match(readFileSync(old, "utf8"), /^<!DOCTYPE html>/);
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });

  test("says what is wrong with a place or a time", async () => {
    mkdirSync(path.join(directory, "reports-of-may"));
    symlinkSync("loop.html", path.join(directory, "loop.html"));
    execFileSync("mkfifo", [path.join(directory, "pipe.html")]);
    const cases: readonly (readonly [readonly string[], RegExp, number])[] = [
      [["--html", "reports-of-may"], /is a folder\nName a file: --html reports-of-may\/report\.html/, 2],
      [["--html", "missing/x.html"], /cannot write .*missing\/x\.html: .*ENOENT.*\nCreate its folder first\./, 2],
      [["--html", "week.html/x.html"], /cannot write .*ENOTDIR.*\nName a file in a folder\./, 2],
      [["--html", "loop.html"], /cannot write .*loop\.html: .*ELOOP.*\nName a file that is not a link to itself\./, 2],
      [["--html", `${"x".repeat(300)}.html`], /cannot write .*ENAMETOOLONG.*\nChoose a shorter name\./, 2],
      [
        ["--html", "pipe.html"],
        /pipe\.html is not a regular file, and would be replaced by one\nName another file, or -/,
        2,
      ],
      [["--html", "/dev/null"], /null is not a regular file/, 2],
      [["--html", "x.html", "--since", "400d"], /at most 366 days/, 2],
      [["--html", "x.html", "--since", "1d", "--until", "2d"], /--since must be before --until/, 2],
      [["--html", "x.html", "--since", "soon"], /not a time: soon/, 2],
      [[], /required option '--html <file>' not specified/, 2],
    ];
    for (const [words, expected, wanted] of cases) {
      const { status, stderr } = await harbinger(["report", ...words], { directory });
      assert.match(stderr.replace(/\n {2}/g, " "), expected);
      assert.equal(status, wanted, words.join(" "));
    }
    const { stderr } = await harbinger(["repor"], { directory });
    assert.match(stderr, /Did you mean "report"/);
  });

  test("cannot write where this user may not", async () => {
    const closed = path.join(directory, "closed");
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    // Root may write to any folder of a disk, but makes no file among those of the kernel.
    const place = process.getuid?.() === 0 ? "/sys/x.html" : "closed/x.html";
    const { status, stderr } = await harbinger(["report", "--html", place], { directory });
    assert.equal(status, 1);
    assert.match(stderr, /Name a file in a folder where this user may write/);
  });

  test("says that a disk is full, and leaves nothing on it", async (t) => {
    using own = temporaryFolder();
    using disk = smallDisk(t, own.path);
    if (disk === undefined) return;
    disk.fill();
    const { status, stderr } = await harbinger(["report", "--html", path.join(disk.path, "x.html")], { directory });
    assert.equal(status, 1);
    assert.match(stderr, /cannot write [\s\S]*ENOSPC[\s\S]*Free some space/);
    assert.deepEqual(readdirSync(disk.path), ["filler"]);
  });
});

// Commands that only read, with a database that scans and checks have filled.
import assert from "node:assert/strict";
import { readdirSync, renameSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { parseAddress } from "../../src/core/address.ts";
import { openStore } from "../../src/store/open-store.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { fillStore, fingerprint, writeWrongConfiguration } from "./examined-store.ts";

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function linesOf(stdout: string): Record<string, unknown>[] {
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Every value of a key whose name means a time. */
function timesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    /^(?:firstSeen|lastSeen|time|at|validFrom|validTo)$/.test(key) ? [String(part)] : timesIn(part),
  );
}

describe("harbinger hosts", () => {
  test("shows for an address what each check found, its certificates and where else they are, and its history", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    const { status, stdout, stderr } = await harbinger(["hosts", "10.0.0.5"], { directory: folder.path });
    assert.equal(status, 0, stderr);
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
    assert.match(
      stdout,
      new RegExp(
        `^Port 443: present in lan-web
  cert \\(${time}\\)
    2 certificates saved to ca_certs/10\\.0\\.0\\.5-truststore\\.pem
    1\\. CN=\\*\\.example\\.org
  certificate: CN=\\*\\.example\\.org; ends in 12 days \\(\\S+ UTC\\)
    issued by CN=Example CA; shown since \\S+
    also on (?:10\\.0\\.0\\.6:443, \\[fd00::7\\]:8443|\\[fd00::7\\]:8443, 10\\.0\\.0\\.6:443)
  issuer: CN=Example CA; ends in \\S+ days \\(2090-01-01 UTC\\)
    self-signed; shown since \\S+
    also on 10\\.0\\.0\\.6:443
  earlier certificate: CN=\\*\\.example\\.org; ended 3 days ago \\(\\S+ UTC\\); last shown ${time}

Port 6379: present in lan-web
  exposure \\(${time}\\): exposed
    redis 7\\.0\\.15: answers INFO without a password

History
`,
        "m",
      ),
    );
    assert.match(
      stdout,
      /^.* {2}exposed +port 6379 {2}\(lan-web\) {2}redis 7\.0\.15: answers INFO without a password$/m,
    );
    assert.match(
      stdout,
      /^.* {2}certificate-changed +port 443 {2}\(lan-web\) {2}another fingerprint: was CN=old; is .*$/m,
    );
    assert.match(stdout, /^10\.0\.0\.5 +6379 +present .* Redis 7\.0\.15$/m);
    assert.ok(!stdout.includes("\u001b"), "colour is for terminals");
  });

  test("gives ISO times, and for an address the results and certificates of each service", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    const all = linesOf((await harbinger(["hosts", "--json"], { directory: folder.path })).stdout);
    assert.equal(all.length, 5);
    assert.ok(all.every((line) => !("results" in line)));
    const of = linesOf((await harbinger(["hosts", "10.0.0.5", "--json"], { directory: folder.path })).stdout);
    assert.deepEqual(
      of.map(({ port, results, certificates }) => {
        const checks = (results as { check: string; verdict?: string }[]).map(({ check, verdict }) => [check, verdict]);
        return [port, checks, (certificates as { subject: string }[]).map(({ subject }) => subject)];
      }),
      [
        [443, [["cert", undefined]], ["CN=*.example.org", "CN=*.example.org", "CN=Example CA"]],
        [6379, [["exposure", "exposed"]], []],
      ],
    );
    const times = timesIn([...all, ...of]);
    assert.ok(times.length > 20);
    for (const time of times) assert.match(time, isoTime);
  });
});

describe("a list without a row", () => {
  test("says whether there is nothing yet, or nothing that matches", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    const says = async (...command: readonly string[]) => {
      const { status, stdout, stderr } = await harbinger(command, { directory: folder.path });
      assert.deepEqual([status, stdout], [0, ""], stderr);
      return stderr;
    };
    assert.match(await says("deliveries", "--state", "dead"), /^No matching deliveries\./m);
    assert.match(await says("mutes"), /^Nothing is muted\.$/m);
    {
      await using store = await openStore({ location: path.join(folder.path, "harbinger.db"), thread: "caller" });
      const target = { kind: "host", address: parseAddress("10.0.0.5") ?? assert.fail() } as const;
      const at = Date.now() - 20_000;
      await store.mutes.add({ target, note: "", by: "", at, until: at + 10_000 });
    }
    assert.match(await says("mutes"), /^Nothing is muted now\. harbinger mutes --all lists what was\.$/m);
    using empty = temporaryFolder();
    await (await openStore({ location: path.join(empty.path, "harbinger.db"), thread: "caller" }))[
      Symbol.asyncDispose
    ]();
    for (const [command, expected] of [
      ["deliveries", /^No deliveries yet\./m],
      ["reports", /^No reports yet\./m],
    ] as const) {
      const { status, stderr } = await harbinger([command], { directory: empty.path });
      assert.deepEqual([status, expected.test(stderr)], [0, true], stderr);
    }
  });
});

describe("harbinger certificates", () => {
  test("lists current ones, soonest expiry first", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    const { status, stdout, stderr } = await harbinger(["certificates"], { directory: folder.path });
    assert.equal(status, 0, stderr);
    const rows = stdout.trimEnd().split("\n");
    assert.match(rows[0] ?? "", /^ +ENDS {2}SUBJECT +ISSUER +SHOWN ON +SAME KEY IN$/);
    assert.match(rows[1] ?? "", /^ *5 days ago {2}CN=printer +self-signed +10\.0\.0\.7:443$/);
    assert.match(rows[2] ?? "", /^ *in 12 days {2}CN=\*\.example\.org +CN=Example CA +\S+:\d+ and 2 more +1 other$/);
    assert.match(rows[3] ?? "", /^in [\d,]+ days {2}CN=Example CA +self-signed +\S+:443 and 1 more \(as issuer\)$/);
    assert.equal(rows.length, 4);
  });

  test("filters them by expiry, address and fingerprint", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    const list = async (...args: string[]) => {
      const { status, stdout, stderr } = await harbinger(["certificates", "--json", ...args], {
        directory: folder.path,
      });
      assert.equal(status, 0, stderr);
      for (const time of timesIn(linesOf(stdout))) assert.match(time, isoTime);
      return linesOf(stdout).map(({ subject, daysLeft }) => `${subject} ${daysLeft}`);
    };
    assert.deepEqual(await list("--expiring", "30"), ["CN=printer -6", "CN=*.example.org 12"]);
    assert.deepEqual(await list("--expiring", "0"), ["CN=printer -6"]);
    assert.deepEqual(await list("--limit", "1"), ["CN=printer -6"]);
    assert.deepEqual(await list("--all", "--expiring", "0"), ["CN=printer -6", "CN=*.example.org -4"]);
    assert.deepEqual(await list("fd00::7"), ["CN=*.example.org 12"]);
    assert.deepEqual(await list("--port", "8443"), ["CN=*.example.org 12"]);
    assert.deepEqual(await list("--sha256", "bb".repeat(32)), ["CN=*.example.org -4"]);
    assert.deepEqual(await list("10.0.0.5", "--port", "6379"), []);
  });

  test("shows all details of one", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    const { stdout } = await harbinger(["certificates", "--sha256", fingerprint("BB")], { directory: folder.path });
    assert.match(stdout, /^CN=\*\.example\.org: ended 3 days ago/);
    assert.match(stdout, /^ {2}earlier on +10\.0\.0\.5:443$/m);
    assert.match(stdout, /^ {2}same key in +CN=\*\.example\.org \(ends in 12 days/m);
    assert.match(stdout, /^ {2}SHA-256 +BB(?::BB){31}$/m);
    assert.doesNotMatch(stdout, /shown on/);
  });

  test("shows what to do if none is known, and that none expires soon if that is so", async () => {
    using empty = temporaryFolder();
    const { openStore } = await import("../../src/store/open-store.ts");
    await (await openStore({ location: path.join(empty.path, "harbinger.db") }))[Symbol.asyncDispose]();
    const none = await harbinger(["certificates", "--expiring", "30"], { directory: empty.path });
    assert.deepEqual([none.status, none.stdout], [0, ""]);
    assert.match(none.stderr, /checks: \[cert\]/);
    using folder = temporaryFolder();
    await fillStore(folder.path);
    const soon = await harbinger(["certificates", "--expiring", "9", "fd00::7"], { directory: folder.path });
    assert.deepEqual([soon.status, soon.stdout], [0, ""]);
    assert.match(soon.stderr, /No certificate presented now expires within 9 days/);
  });

  test("rejects an invalid fingerprint, address or number of days", async () => {
    using folder = temporaryFolder();
    for (const args of [["--sha256", "AA:BB"], ["printer"], ["--expiring", "soon"], ["--limit", "0"]]) {
      const { status, stdout, stderr } = await harbinger(["certificates", ...args], { directory: folder.path });
      assert.deepEqual([status, stdout], [2, ""], args.join(" "));
      assert.notEqual(stderr, "");
    }
    assert.deepEqual(readdirSync(folder.path), []);
  });
});

describe("harbinger reports show", () => {
  test("lists findings with their details", async () => {
    using folder = temporaryFolder();
    const id = await fillStore(folder.path);
    const { stdout } = await harbinger(["reports", "show", String(id), "--all"], { directory: folder.path });
    assert.match(stdout, /^\S+ \S+ {2}exposed +10\.0\.0\.5:6379 {2}\(lan-web\) {2}redis 7\.0\.15: answers INFO/m);
    assert.match(stdout, /^\S+ \S+ {2}certificate-changed +10\.0\.0\.5:443 {2}\(lan-web\) {2}another fingerprint/m);
    assert.equal(stdout.match(/^Subject: /gm)?.length, 1);
    const [, ...found] = linesOf(
      (await harbinger(["reports", "show", String(id), "--json"], { directory: folder.path })).stdout,
    );
    const exposed = found.find(({ kind }) => kind === "exposed");
    assert.equal(exposed?.["detail"], "redis 7.0.15: answers INFO without a password");
    assert.equal(found.length, 7);
    for (const time of timesIn(found)) assert.match(time, isoTime);
  });
});

describe("a configuration with an error elsewhere", () => {
  const looks = [["hosts"], ["certificates"], ["connections"], ["reports"], ["deliveries"]];

  test("does not prevent reading, and is reported on standard error", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    writeWrongConfiguration(folder.path);
    for (const args of looks) {
      const { status, stdout, stderr } = await harbinger([...args, "--json"], { directory: folder.path });
      assert.equal(status, 0, stderr);
      assert.equal(stdout !== "", args[0] !== "connections");
      assert.match(stderr, /^Warning: the configuration has errors.*prots: unknown key\. Did you mean "ports"\?/s);
    }
    const quiet = await harbinger(["hosts", "--quiet"], { directory: folder.path });
    assert.deepEqual([quiet.status, quiet.stderr], [0, ""]);
    const run = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(run.status, 2);
  });

  test("shows which store is used nevertheless", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    renameSync(path.join(folder.path, "harbinger.db"), path.join(folder.path, "elsewhere.db"));
    writeWrongConfiguration(folder.path, "store: elsewhere.db\n");
    const { stdout } = await harbinger(["hosts", "--json"], { directory: folder.path });
    assert.equal(linesOf(stdout).length, 5);
    assert.ok(!readdirSync(folder.path).includes("harbinger.db"));
  });

  test("stops reading if the error may concern the store, with what to do", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    for (const store of ["stroe: elsewhere.db\n", "store: mysql://db.example.org\n"]) {
      writeWrongConfiguration(folder.path, store);
      for (const args of looks) {
        const { status, stdout, stderr } = await harbinger(args, { directory: folder.path });
        assert.deepEqual([status, stdout], [2, ""], args.join(" "));
        assert.match(stderr, /HARBINGER_STORE/);
      }
    }
  });
});

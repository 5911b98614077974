/** Texts of strangers, stored by real flows, in everything that the program writes. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { parse as parseCsv } from "csv-parse/sync";
import { simpleParser } from "mailparser";
import { whyNoOpenssl } from "../harness/certificate-authority.ts";
import type { CliResult } from "../harness/cli.ts";
import { assertHarmless, formula, livingMarkup, marksIn } from "./harmless.ts";
import { HostileNetwork, hostileTexts } from "./hostile-network.ts";

const lists = [
  "connections",
  "devices",
  "hosts",
  "services",
  "certificates",
  "discoveries",
  "scans",
  "reports",
  "deliveries",
  "watches",
  "listeners",
  "mutes",
];

describe("hostile texts", { skip: whyNoOpenssl() ?? false }, () => {
  let network!: HostileNetwork;
  let ended: CliResult | undefined;
  before(async () => {
    network = await HostileNetwork.start();
    for (const [index, text] of Object.values(hostileTexts).entries()) {
      const mac = `52:54:00:00:01:${index.toString(16).padStart(2, "0")}`;
      const named = await network.change("PATCH", `api/v1/devices/${mac}`, { name: text });
      assert.ok([200, 400, 413].includes(named.status), `${text.slice(0, 40)}: ${named.status}`);
    }
    const muted = { kind: "source", source: "198.51.100.0/24", note: hostileTexts.formula, for: "1h" };
    assert.equal((await network.change("POST", "api/v1/mutes", muted)).status, 201);
    const surrogate = await network.change("PATCH", "api/v1/devices/52:54:00:00:01:00", {
      name: "\ud800mark-surrogate",
    });
    assert.ok([200, 400].includes(surrogate.status));
  });
  after(async () => await network[Symbol.asyncDispose]());

  test("have been stored", async () => {
    const marks = async (list: string) => marksIn(JSON.stringify(await network.rows(`${list}?limit=1000`)));
    const host = await (await network.get("api/v1/hosts/127.0.0.1")).text();
    assert.ok(marksIn(host) >= 15, "banners and titles");
    assert.ok(network.dns.questions.length > 0, "names of peers were asked for");
    assert.ok((await marks("devices")) >= 12, "names");
    assert.ok((await marks("certificates")) >= 2, "subjects");
    assert.ok((await marks("watches")) >= 2, "labels");
    const texts = await Promise.all(
      (await network.rows("connections?limit=1000")).map(({ payload }) =>
        Buffer.from(String(payload), "base64").toString(),
      ),
    );
    assert.ok(marksIn(texts.join("\n")) >= 18, "payloads");
  });

  test("are text in JSON and JSON lines, whose answers no browser takes for something else", async () => {
    for (const place of [...lists.map((list) => `api/v1/${list}?limit=1000`), "api/v1/overview", "api/v1/settings"]) {
      const answer = await network.get(place);
      assert.equal(answer.status, 200, place);
      assert.match(String(answer.headers.get("content-type")), /^application\/json/);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
      const text = await answer.text();
      JSON.parse(text);
      assert.doesNotMatch(text, /[\p{Cc}]/u, place);
    }
    for (const list of lists) {
      const answer = await network.get(`api/v1/${list}?format=jsonl`);
      const text = await answer.text();
      assert.match(String(answer.headers.get("content-type")), /^application\/x-ndjson/);
      const lines = text.split("\n").filter((line) => line !== "");
      for (const line of lines) assert.equal(typeof JSON.parse(line), "object");
      assert.equal(lines.length, (await network.rows(`${list}?limit=1000`)).length, list);
    }
  });

  test("are no formulas in CSV, and no rows or columns of their own", async () => {
    let cells = 0;
    for (const list of lists) {
      const answer = await network.get(`api/v1/${list}?format=csv`);
      assert.match(String(answer.headers.get("content-type")), /^text\/csv/);
      assert.match(String(answer.headers.get("content-disposition")), /^attachment; filename="[a-z]+\.csv"$/);
      const [head = [], ...rows] = parseCsv(await answer.text(), { relax_column_count: false }) as string[][];
      assert.equal(rows.length, (await network.rows(`${list}?limit=1000`)).length, list);
      for (const row of rows) {
        for (const [index, cell] of row.entries()) {
          cells += 1;
          if (/^-?\d+(?:\.\d+)?(?:e[+-]\d+)?$/.test(cell)) continue;
          assert.doesNotMatch(cell, formula, `${list}: ${head[index]}: ${JSON.stringify(cell.slice(0, 80))}`);
        }
      }
    }
    assert.ok(cells > 1000);
  });

  test("add nothing to mail: no header, no recipient, no part, no markup", async () => {
    assert.ok(network.mail.received.length >= 5);
    const marks = new Set<string>();
    for (const { raw, to } of network.mail.received) {
      assert.deepEqual(to, ["ops@example.org"]);
      assert.doesNotMatch(raw, /[^\r]\n|\r[^\n]/, "lines end in CRLF");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: anything but ASCII is encoded
      assert.match(raw, /^[\x09\x0a\x0d\x20-\x7e]*$/);
      for (const line of raw.split("\r\n")) assert.ok(line.length <= 998, "RFC 5322, section 2.1.1");
      const mail = await simpleParser(raw);
      for (const name of mail.headers.keys()) assert.ok(!["bcc", "cc", "reply-to"].includes(name), name);
      assert.equal(mail.headerLines.filter(({ key }) => key === "content-type").length, 1);
      assert.equal(mail.headerLines.filter(({ key }) => key === "subject").length, 1);
      assertHarmless(mail.subject ?? "", "subject");
      assertHarmless(mail.text ?? "", "text");
      const html = mail.html === false || mail.html === undefined ? "" : mail.html;
      assert.doesNotMatch(html, livingMarkup);
      assertHarmless(html, "html");
      for (const { filename, content } of mail.attachments) {
        assert.match(filename ?? "", /^[\w. @=+-]{1,200}$/);
        assert.doesNotMatch(content.toString(), livingMarkup, filename ?? "");
      }
      for (const mark of `${mail.subject}${mail.text}`.match(/mark-[a-z]+/g) ?? []) marks.add(mark);
    }
    assert.ok(marks.size >= 5, [...marks].join());
  });

  test("are text in the messages of webhooks", () => {
    assert.ok(network.hook.received.length >= 5);
    for (const { body, headers, method, path: place } of network.hook.received) {
      JSON.parse(body);
      assert.deepEqual([method, place], ["POST", "/hook"]);
      assert.equal(headers["bcc"], undefined);
      assert.doesNotMatch(body, /\p{Cc}/u);
    }
  });

  test("are text in the files of reports, whose names stay in their folder", () => {
    const files = readdirSync(path.join(network.folder, "reports"), { recursive: true }).map(String);
    assert.ok(files.length >= 1);
    for (const file of files) {
      assert.match(file, /^(?![.-])[^\p{Cc}\p{Cf}/\\<>:"|?*]{1,255}$/u, file);
      const text = readFileSync(path.join(network.folder, "reports", file), "utf8");
      if (file.endsWith(".json")) {
        JSON.parse(text);
        continue;
      }
      assertHarmless(text, file);
      if (file.endsWith(".html")) assert.doesNotMatch(text, livingMarkup, file);
    }
  });

  test("are text in the overview as one HTML file, which loads and runs nothing", async () => {
    const { status, stdout, stderr } = await network.command("report", "--html", "-");
    assert.equal(status, 0, stderr);
    assertHarmless(stdout, "overview");
    assert.doesNotMatch(stdout, livingMarkup);
    assert.doesNotMatch(stdout, /<(?:script|iframe|object|embed|link|base|form)/i);
    assert.doesNotMatch(stdout, /<[a-z][^>]*\s(?:on\w+=|(?:src|href|action)=["']?(?:https?:|\/\/|javascript:))/i);
    assert.ok(marksIn(stdout) >= 2, `${marksIn(stdout)} words`);
  });

  test("move nothing in a terminal", async () => {
    const [report] = await network.rows("reports");
    const [certificate] = await network.rows("certificates");
    for (const command of [
      ["hosts"],
      ["hosts", "127.0.0.1"],
      ["hosts", "192.168.77.5"],
      ["devices"],
      ["devices", "--verbose"],
      ["connections", "--limit", "1000"],
      ["connections", "--limit", "1000", "--verbose"],
      ["certificates", "--all"],
      ["certificates", "--sha256", String(certificate?.["sha256"])],
      ["reports"],
      ["reports", "show", String(report?.["id"])],
      ["reports", "show", String(report?.["id"]), "--all"],
      ["deliveries"],
      ["deliveries", "--verbose"],
      ["config", "show"],
      ["doctor"],
    ]) {
      const { status, stdout, stderr } = await network.command(...command);
      assert.ok(status === 0 || status === 1, `${command.join(" ")}: ${stderr}`);
      assertHarmless(stdout, command.join(" "));
      assertHarmless(stderr, command.join(" "));
    }
    for (const list of ["hosts", "devices", "connections", "certificates", "reports", "deliveries"]) {
      const { stdout } = await network.command(list, "--json", "--limit", "1000");
      for (const line of stdout.split("\n").filter((each) => each !== ""))
        assert.equal(typeof JSON.parse(line), "object");
      assert.doesNotMatch(stdout, /(?!\n)\p{Cc}/u, `${list} --json`);
    }
  });

  test("are in no metric", async () => {
    const text = await (await network.get("metrics")).text();
    assert.doesNotMatch(text, /mark-/);
    assert.doesNotMatch(text, /^harbinger_up/m);
    for (const line of text.split("\n"))
      assert.match(
        line,
        /^(?:|# .*|[a-z_0-9]+(?:\{(?:[a-z_]+="[^"\n]*",?)*\})? [\d.e+-]+|[a-z_]+(?:\{.*\})? (?:NaN|[+-]Inf))$/i,
        line,
      );
  });

  test("forge no entry of the log or of the file of connections", async () => {
    ended = await network.stop();
    assert.equal(ended.status, 0);
    assertHarmless(ended.stdout + ended.stderr, "standard error");
    for (const line of ended.stderr.split("\n")) assert.match(line, /^$|^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] [A-Z]+: /);
    const lines = readFileSync(path.join(network.folder, "connections.jsonl"), "utf8").trimEnd().split("\n");
    assert.equal(lines.length, network.sent);
    for (const line of lines) {
      assert.equal(typeof JSON.parse(line), "object");
      assert.doesNotMatch(line, /\p{Cc}/u);
    }
    for (const file of readdirSync(network.folder).filter((name) => name.endsWith(".log")))
      assertHarmless(readFileSync(path.join(network.folder, file), "utf8"), file);
  });
});

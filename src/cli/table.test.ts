import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Column, layOutTable } from "./table.ts";
import { foldIndented, foldText, textWidth, words, wrapWords } from "./text-width.ts";

interface Host {
  readonly address: string;
  readonly port: number;
  readonly seen: string;
  readonly about: string;
  readonly mac?: string;
}

const columns: readonly Column<Host>[] = [
  { title: "ADDRESS", value: ({ address }) => address },
  { title: "PORT", value: ({ port }) => port, alignRight: true },
  { title: "LAST SEEN", value: ({ seen }) => seen, brief: ({ seen }) => seen.slice(5, 16), optional: 1 },
  { title: "SERVICE", value: ({ about }) => about },
  { title: "MAC", value: ({ mac }) => mac, optional: 2 },
];

const hosts: readonly Host[] = [
  {
    address: "192.168.1.1",
    port: 80,
    seen: "2026-01-31 08:00:00",
    about: "http nginx 1.24.0",
    mac: "00:53:00:12:34:56",
  },
  { address: "2001:db8:1234:5678::9abc:def0", port: 65535, seen: "2026-01-31 08:00:00", about: "" },
  {
    address: "10.0.0.7",
    port: 22,
    seen: "2026-01-31 08:00:00",
    about: "ssh OpenSSH 9.2p1 Debian-2+deb12u10 of the office",
  },
];

describe("a table", () => {
  test("has one line for each row without a terminal", () => {
    const { text, leftOut } = layOutTable(columns, hosts, { bold: false });
    assert.equal(
      text,
      `ADDRESS                         PORT  LAST SEEN            SERVICE                                            MAC
192.168.1.1                       80  2026-01-31 08:00:00  http nginx 1.24.0                                  00:53:00:12:34:56
2001:db8:1234:5678::9abc:def0  65535  2026-01-31 08:00:00
10.0.0.7                          22  2026-01-31 08:00:00  ssh OpenSSH 9.2p1 Debian-2+deb12u10 of the office`,
    );
    assert.deepEqual(leftOut, []);
  });

  test("is the same on a terminal that is wide enough, without empty columns", () => {
    const wide = { bold: false, width: 140 };
    assert.equal(layOutTable(columns, hosts, wide).text, layOutTable(columns, hosts, { bold: false }).text);
    assert.doesNotMatch(layOutTable(columns, hosts.slice(1), wide).text, /MAC/);
  });

  test("breaks text between words at 100 cells, with short times", () => {
    assert.equal(
      layOutTable(columns, hosts, { bold: false, width: 100 }).text,
      `ADDRESS                         PORT  LAST SEEN    SERVICE                   MAC
192.168.1.1                       80  01-31 08:00  http nginx 1.24.0         00:53:00:12:34:56
2001:db8:1234:5678::9abc:def0  65535  01-31 08:00
10.0.0.7                          22  01-31 08:00  ssh OpenSSH 9.2p1
                                                   Debian-2+deb12u10 of the
                                                   office`,
    );
  });

  test("leaves optional columns out at 80 cells, and names them", () => {
    const { text, leftOut } = layOutTable(columns, hosts, { bold: false, width: 80 });
    assert.deepEqual(leftOut, ["MAC"]);
    assert.match(text, /^ADDRESS +PORT +LAST SEEN +SERVICE$/m);
  });

  test("becomes a block for each row at 40 cells", () => {
    assert.equal(
      layOutTable(columns, hosts.slice(1), { bold: false, width: 40 }).text,
      `ADDRESS    2001:db8:1234:5678::9abc:def0
PORT       65535
LAST SEEN  2026-01-31 08:00:00

ADDRESS    10.0.0.7
PORT       22
LAST SEEN  2026-01-31 08:00:00
SERVICE    ssh OpenSSH 9.2p1
           Debian-2+deb12u10 of the
           office`,
    );
  });

  test("fits every width, and never breaks a number or an address", () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 140 }), fc.boolean(), (width, bold) => {
        const { text } = layOutTable(columns, hosts, { bold: false, width });
        for (const line of text.split("\n")) assert.ok(textWidth(line) <= width, line);
        for (const { address, port } of hosts) {
          assert.ok(text.includes(address));
          assert.match(text, new RegExp(`\\b${port}\\b`));
        }
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the marks of bold text
        assert.equal(layOutTable(columns, hosts, { bold, width }).text.replace(/\u001b\[\d+m/g, ""), text);
      }),
    );
  });
});

describe("a table with long texts", () => {
  const deliveries: readonly { readonly to: string; readonly subject: string; readonly error?: string }[] = [
    { to: "somebody@example.org", subject: "3 new devices", error: "connection refused by the server" },
    { to: "me@example.org", subject: "nothing new" },
  ];
  const looks: readonly Column<(typeof deliveries)[number]>[] = [
    { title: "TO", value: ({ to }) => to, cutTo: 8 },
    { title: "SUBJECT", value: ({ subject }) => subject },
    { title: "LAST ERROR", value: ({ error }) => error, below: true },
  ];

  test("cuts what may be cut, and puts what may be below a row there", () => {
    const { text, leftOut } = layOutTable(looks, deliveries, { width: 26, bold: false });
    assert.deepEqual(text.split("\n"), [
      "TO           SUBJECT",
      "somebody@e…  3 new devices",
      "    last error: connection",
      "    refused by the server",
      "me@example…  nothing new",
    ]);
    assert.deepEqual(leftOut, []);
  });

  test("leaves optional columns out if a text needs the room", () => {
    const optional = { title: "TRIES", value: () => 1, optional: 1 };
    const [to, subject] = looks;
    assert.ok(to !== undefined && subject !== undefined);
    const width = 8 + 2 + 8 + 2 + 5;
    assert.deepEqual(layOutTable([to, subject, optional], deliveries, { width, bold: false }).leftOut, []);
    const roomy = layOutTable([to, { ...subject, room: 13 }, optional], deliveries, { width, bold: false });
    assert.deepEqual(roomy.leftOut, ["TRIES"]);
    assert.match(roomy.text, /^me@exampl… {2}nothing new$/m);
  });

  test("has columns if there is room", () => {
    const { text } = layOutTable(looks, deliveries, { width: 100, bold: false });
    assert.match(text, /^somebody@example\.org {2}3 new devices {2}connection refused by the server$/m);
  });
});

describe("text", () => {
  test("puts the explanation below a command if both are too long for a line", () => {
    const line = "  harbinger config init   # finds your networks, writes a file";
    assert.equal(foldIndented(line, 80), line);
    assert.equal(
      foldIndented(line, 34),
      "  harbinger config init\n      # finds your networks,\n      # writes a file",
    );
  });

  test("is broken between words only", () => {
    assert.deepEqual(wrapWords("one two three", 7), ["one two", "three"]);
    assert.deepEqual(wrapWords("a 2001:db8::1234:5678 b", 5), ["a", "2001:db8::1234:5678", "b"]);
    assert.deepEqual(words("at 2026-01-31 08:00:00 it"), ["at", "2026-01-31 08:00:00", "it"]);
    assert.equal(foldText("  name: a long sentence that goes on", 28), "  name: a long sentence that\n      goes on");
  });

  test("keeps alignment by blanks, and indents continued lines", () => {
    assert.equal(
      foldText("ok       database: /var/lib/harbinger.db, 11 services known", 42, 9),
      "ok       database: /var/lib/harbinger.db,\n         11 services known",
    );
    assert.equal(foldText(`x ${"y".repeat(50)}`, 40), `x\n    ${"y".repeat(50)}`);
  });

  test("counts wide characters twice, and combining marks not at all", () => {
    assert.equal(textWidth("\u5bb6 e\u0301"), 4);
  });

  test("loses no word, whatever the width", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 60 }), (text, width) => {
        assert.deepEqual(words(wrapWords(text, width).join(" ")), words(text));
      }),
    );
  });
});

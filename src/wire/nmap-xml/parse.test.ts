import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import type { NmapHost } from "./host.ts";
import { type NmapSummary, NmapXmlReader } from "./parse.ts";

/** Recorded from nmap 7.93: three loopback addresses with -sV, ::1, and a host behind a veth pair with its MAC address. */
const recorded = ["services.xml", "ipv6.xml", "mac.xml"].map((name) =>
  readFileSync(new URL(`fixtures/${name}`, import.meta.url)),
);
const watched = [20222, 20280];

function read(
  document: string | Buffer,
  pieceLength = Number.POSITIVE_INFINITY,
  ports: readonly number[] | "all" = watched,
): { readonly hosts: readonly NmapHost[]; readonly summary: NmapSummary } {
  const text = typeof document === "string" ? document : document.toString("utf8");
  const reader = new NmapXmlReader(ports);
  const hosts: NmapHost[] = [];
  for (let at = 0; at < text.length; at += pieceLength) hosts.push(...reader.write(text.slice(at, at + pieceLength)));
  return { hosts, summary: reader.end() };
}

function recording(index: number): Buffer {
  const document = recorded[index];
  assert.ok(document !== undefined);
  return document;
}

function withRoot(content: string, head = ""): string {
  return `<?xml version="1.0"?>\n${head}<nmaprun>${content}<runstats><finished exit="success"/></runstats></nmaprun>`;
}

function portElement(attributes: string, state: string): string {
  return `<host><address addr="10.0.0.1" addrtype="ipv4"/><ports><port ${attributes}><state state="${state}"/></port></ports></host>`;
}

test("hosts have their open ports, services and versions", () => {
  const { hosts, summary } = read(recording(0));
  assert.equal(hosts.length, 3);
  const open = hosts.filter((host) => host.openPorts.length > 0);
  equalFacts(
    open.map((host) => [host.address, host.openPorts.map(({ port }) => port)]),
    [
      ["127.81.0.1", [20222]],
      ["127.81.0.2", [20222, 20280]],
    ],
  );
  equalFacts(open[1]?.openPorts, [
    { port: 20222, service: { name: "ssh", product: "OpenSSH", version: "9.2p1 Debian 2+deb12u3" } },
    { port: 20280, service: { name: "http", product: "nginx", version: "1.24.0" } },
  ]);
  equalFacts(summary, {
    complete: true,
    exit: "success",
    scannedPorts: [20222, 20280],
    hostsTotal: 3,
    hostsUp: 3,
  });
});

test("an IPv6 host and a MAC address are read", () => {
  equalFacts(read(recording(1)).hosts[0]?.address, "::1");
  const [host, ...rest] = read(recording(2)).hosts;
  equalFacts(rest, []);
  assert.equal(host?.address, "10.203.7.2");
  assert.equal(host?.mac, "d2:a4:e3:9d:ee:04");
});

test("a name and a vendor are kept", () => {
  const { hosts } = read(
    withRoot(
      '<host><address addr="10.0.0.1" addrtype="ipv4"/><address addr="00:11:22:33:44:55" addrtype="mac" vendor="Cimsys"/><hostnames><hostname name="web.lan" type="user"/><hostname name="other.lan" type="PTR"/></hostnames></host>',
    ),
  );
  assert.equal(hosts[0]?.hostname, "web.lan");
  assert.equal(hosts[0]?.vendor, "Cimsys");
});

test("only open TCP ports of the watch count", () => {
  for (const [attributes, state] of [
    ['protocol="tcp" portid="20222"', "open|filtered"],
    ['protocol="tcp" portid="20222"', "closed"],
    ['protocol="tcp" portid="20222"', "filtered"],
    ['protocol="tcp" portid="20222"', "unfiltered"],
    ['protocol="udp" portid="20222"', "open"],
    ['protocol="tcp" portid="22"', "open"],
    ['protocol="tcp" portid="0"', "open"],
    ['protocol="tcp" portid="x"', "open"],
    ['protocol="tcp"', "open"],
  ] as const) {
    const { hosts } = read(withRoot(portElement(attributes, state)));
    equalFacts(hosts[0]?.openPorts, [], `${attributes} ${state}`);
  }
  assert.equal(read(withRoot(portElement('protocol="tcp" portid="20222"', "open"))).hosts[0]?.openPorts.length, 1);
});

test("for any chunks of the document the result is the same", () => {
  for (const document of recorded) {
    const whole = read(document);
    for (const pieceLength of [1, 2, 7, 100]) equalFacts(read(document, pieceLength), whole);
  }
});

test("cut off at any byte, it is never complete, and the hosts are the first ones of the complete document", () => {
  for (const document of recorded) {
    const whole = read(document);
    const end = document.indexOf("</nmaprun>") + "</nmaprun>".length;
    for (let length = 0; length < end; length++) {
      const { hosts, summary } = read(document.subarray(0, length));
      assert.equal(summary.complete, false);
      assert.ok(summary.problem !== undefined);
      equalFacts(hosts, whole.hosts.slice(0, hosts.length));
    }
    assert.equal(read(document.subarray(0, end)).summary.complete, true);
  }
});

test("with any bytes changed it never throws, and gives valid endpoints only", () => {
  const change = fc.record({ at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) });
  fc.assert(
    fc.property(fc.constantFrom(...recorded), fc.array(change, { minLength: 1, maxLength: 4 }), (document, changes) => {
      const changed = Buffer.from(document);
      for (const { at, bytes } of changes) changed.set(bytes.subarray(0, 1), at % changed.length);
      const { hosts } = read(changed, 1000);
      assert.ok(hosts.length <= 4);
      for (const host of hosts) for (const { port } of host.openPorts) assert.ok(watched.includes(port));
    }),
    { numRuns: 300 },
  );
});

test("any text is read without an exception", () => {
  const pieces = fc.constantFrom(
    ...["<nmaprun>", "</nmaprun>", "<host>", "</host>", "<ports>", '<port protocol="tcp" portid="20222">', "</port>"],
    ...[
      '<state state="open"/>',
      '<address addr="10.0.0.1"/>',
      "&amp;",
      "&x;",
      "<![CDATA[",
      "]]>",
      "<!--",
      "-->",
      "<?a",
    ],
    ...["<!DOCTYPE nmaprun [", ">", "<", '"', "=", " ", "\u0000", "\ud800"],
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (document) => {
      const { hosts, summary } = read(document);
      if (hosts.length === 0 && document === "") assert.equal(summary.complete, false);
      assert.ok(hosts.length <= document.length);
    }),
  );
});

test("a document type with content is rejected, and so are its entities", () => {
  const bomb = '<!DOCTYPE nmaprun [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n';
  const { summary, hosts } = read(withRoot(portElement('protocol="tcp" portid="20222"', "open"), bomb));
  assert.equal(summary.complete, false);
  assert.equal(summary.problem, "a document type with content");
  equalFacts(hosts, []);
  const undefinedEntity = read(withRoot('<host><hostnames><hostname name="&a;"/></hostnames></host>'));
  assert.match(undefinedEntity.summary.problem ?? "", /^not XML as nmap writes it \(.*undefined entity/);
});

test("the document types that nmap writes are accepted", () => {
  for (const type of [
    "<!DOCTYPE nmaprun>",
    '<!DOCTYPE nmaprun PUBLIC "-//IDN nmap.org//DTD Nmap XML 1.04//EN" "https://svn.nmap.org/nmap/docs/nmap.dtd">',
  ]) {
    assert.equal(read(withRoot("", type)).summary.complete, true, type);
  }
});

test("a control character from a service, which nmap writes as a forbidden reference, does not spoil the scan", () => {
  const host =
    '<host><address addr="10.0.0.1" addrtype="ipv4"/><hostnames><hostname name="a&#x1;b"/></hostnames></host>';
  const { hosts, summary } = read(withRoot(host));
  assert.equal(summary.complete, true, summary.problem);
  assert.equal(hosts.length, 1);
});

test("a document of another kind, one without an end and one with deep nesting are rejected", () => {
  assert.equal(read("<html></html>").summary.problem, "not a document of nmap");
  assert.equal(read("").summary.problem, "cut off before its end");
  assert.equal(read(`<nmaprun>${"<a>".repeat(100)}`).summary.problem, "nested too deeply");
  const endless = new NmapXmlReader(watched);
  endless.write('<nmaprun><host a="');
  for (let i = 0; i < 100; i++) endless.write("x".repeat(64 * 1024));
  assert.equal(endless.end().problem, "an element is too long");
});

test("an error that nmap reports is in the summary", () => {
  const { summary } = read(
    '<nmaprun><runstats><finished exit="error" errormsg="no such device"/></runstats></nmaprun>',
  );
  assert.equal(summary.exit, "error");
  assert.equal(summary.errorMessage, "no such device");
});

test("handshakes are completed only if each scan type was connect", () => {
  const info = (type: string) => `<scaninfo ${type} protocol="tcp" services="20222"/>`;
  const cases: readonly [string, boolean][] = [
    [info('type="connect"'), true],
    [info('type="syn"'), false],
    [info('type="connect"') + info('type="syn"'), false],
    [info(""), false],
    ["", false],
  ];
  for (const [head, completed] of cases) {
    const { hosts } = read(withRoot(head + portElement('protocol="tcp" portid="20222"', "open")));
    assert.equal(hosts[0]?.handshakesCompleted, completed, head);
  }
});

test("probed ports that are not open are listed, and ports that were perhaps not probed are not", () => {
  const port = (id: number, state: string, reason: string) =>
    `<port protocol="tcp" portid="${id}"><state state="${state}" reason="${reason}"/></port>`;
  const extra =
    '<extraports state="closed" count="2"><extrareasons reason="reset" count="2" proto="tcp" ports="7-8,99"/></extraports>';
  const document = withRoot(
    `<host><address addr="10.0.0.1" addrtype="ipv4"/><ports>${extra}${port(1, "closed", "reset")}${port(2, "filtered", "no-response")}${port(3, "filtered", "net-unreach")}${port(4, "open|filtered", "no-response")}${port(5, "open", "syn-ack")}</ports></host>`,
  );
  const { hosts } = read(document, 50, [1, 2, 3, 4, 5, 7, 8]);
  equalFacts(
    [...(hosts[0]?.notOpen ?? [])].sort(([a], [b]) => a - b),
    [
      [1, "refused"],
      [2, "silent"],
      [7, "refused"],
      [8, "refused"],
    ],
  );
});

test("skipped targets and the names by which targets were given are read", () => {
  const { hosts, summary } = read(
    withRoot(
      '<target specification="10.0.0.1/x" status="skipped" reason="invalid"/><host><address addr="10.0.0.1" addrtype="ipv4"/><hostnames><hostname name="ptr.lan" type="PTR"/><hostname name="web.lan" type="user"/></hostnames></host>',
    ),
  );
  equalFacts(summary.skipped, ["10.0.0.1/x"]);
  assert.equal(hosts[0]?.hostname, "ptr.lan");
  assert.equal(hosts[0]?.targetName, "web.lan");
});

test("a document that repeats all ports needs no more memory for it", () => {
  const again = '<scaninfo type="syn" protocol="tcp" services="1-65535"/>'.repeat(5000);
  assert.equal(read(withRoot(again)).summary.scannedPorts?.length, 65535);
  const all = read(withRoot(again + portElement('protocol="tcp" portid="22"', "open")), undefined, "all");
  equalFacts(
    all.hosts.map(({ openPorts }) => openPorts.map(({ port }) => port)),
    [[22]],
  );
});

test("of a host's closed ports as many lists are read as nmap writes, and the rest proves nothing", () => {
  const other = '<extrareasons reason="resets" proto="tcp" ports="1-10"/>'.repeat(32);
  const lists = `${other}<extrareasons reason="resets" proto="tcp" ports="20222"/>`;
  const host = `<host><address addr="10.0.0.1" addrtype="ipv4"/><ports><extraports state="closed">${lists}</extraports></ports></host>`;
  const one = host.replace(other, "");
  const { hosts } = read(withRoot(host + one));
  equalFacts(
    hosts.map(({ notOpen }) => [...(notOpen?.keys() ?? [])]),
    [[], [20222]],
  );
});

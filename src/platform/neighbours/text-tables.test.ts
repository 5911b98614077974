import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseArpAn, parseNdpAn } from "./bsd-tables.ts";
import { parseIpNeigh } from "./ip-neigh.ts";
import type { NeighbourEntry } from "./neighbour-entry.ts";
import { parseProcArp } from "./proc-arp.ts";
import { parseWindowsTable } from "./windows-tables.ts";

/** `address mac state`, with a dash where there is no MAC address. */
function brief(entries: readonly NeighbourEntry[]): readonly string[] {
  return entries.map(({ address, mac, state, link }) => `${address} ${mac ?? "-"} ${state} ${link}`);
}

describe("ip neigh", () => {
  const iproute2 = [
    "192.0.2.1 dev eth0 lladdr 02:fc:00:00:00:05  ref 1 used 10/11/8probes 1 REACHABLE ",
    "192.0.2.7 dev eth0  used 1191/1251/203probes 6 FAILED ",
    "192.0.2.8 dev eth0 lladdr b8:27:eb:00:00:01 used 300/290/280 probes 4 STALE",
    "192.0.2.9 dev eth0 INCOMPLETE",
    "192.0.2.10 dev eth0 lladdr b8:27:eb:00:00:09 PERMANENT",
    "fe80::1 dev eth0 lladdr b8:27:eb:00:00:01 router used 30/29/28probes 0 DELAY",
  ].join("\n");

  test("has states, ages and routers", () => {
    const entries = parseIpNeigh(iproute2, { hasAges: true });
    assert.deepEqual(brief(entries), [
      "192.0.2.1 02:fc:00:00:00:05 reachable eth0",
      "192.0.2.7 - failed eth0",
      "192.0.2.8 b8:27:eb:00:00:01 stale eth0",
      "192.0.2.9 - probing eth0",
      "192.0.2.10 b8:27:eb:00:00:09 static eth0",
      "fe80::1%eth0 b8:27:eb:00:00:01 probing eth0",
    ]);
    assert.equal(entries[0]?.confirmedMsAgo, 11_000);
    assert.equal(entries[1]?.updatedMsAgo, 203_000);
    assert.equal(entries[5]?.isRouter, true);
  });

  test("has no ages where BusyBox printed zeros", () => {
    const busybox = "192.0.2.1 dev eth0 lladdr 02:fc:00:00:00:05 ref 1 used 0/0/0 probes 1 REACHABLE\n";
    const entries = parseIpNeigh(busybox, { hasAges: false });
    assert.deepEqual(brief(entries), ["192.0.2.1 02:fc:00:00:00:05 reachable eth0"]);
    assert.deepEqual([entries[0]?.confirmedMsAgo, entries[0]?.updatedMsAgo], [undefined, undefined]);
  });
});

test("/proc/net/arp has complete, incomplete and permanent entries", () => {
  const text = [
    "IP address       HW type     Flags       HW address            Mask     Device",
    "192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0",
    "192.0.2.2        0x1         0x0         00:00:00:00:00:00     *        eth0",
    "192.0.2.3        0x1         0x6         02:fc:00:00:00:07     *        br-lan",
  ].join("\n");
  assert.deepEqual(brief(parseProcArp(text)), [
    "192.0.2.1 02:fc:00:00:00:05 listed eth0",
    "192.0.2.2 - probing eth0",
    "192.0.2.3 - static br-lan",
  ]);
});

test("arp -an of macOS, FreeBSD and OpenBSD", () => {
  const text = [
    "? (192.0.2.1) at b8:27:eb:0:0:1 on en0 ifscope [ethernet]",
    "? (192.0.2.2) at (incomplete) on en0 ifscope [ethernet]",
    "? (192.0.2.3) at 02:fc:00:00:00:07 on em0 permanent [ethernet]",
    "? (192.0.2.4) at 02:fc:00:00:00:08 on em0 expires in 1167 seconds [ethernet]",
    "Host                                 Ethernet Address    Netif Expire    Flags",
    "192.0.2.5                            02:fc:00:00:00:09     em0 19m58s",
  ].join("\n");
  assert.deepEqual(brief(parseArpAn(text)), [
    "192.0.2.1 b8:27:eb:00:00:01 listed en0",
    "192.0.2.2 - probing en0",
    "192.0.2.3 02:fc:00:00:00:07 static em0",
    "192.0.2.4 02:fc:00:00:00:08 listed em0",
    "192.0.2.5 02:fc:00:00:00:09 listed em0",
  ]);
});

test("ndp -an of macOS and FreeBSD", () => {
  const text = [
    "Neighbor                        Linklayer Address  Netif Expire    St Flgs Prbs",
    "fd00::10                        b8:27:eb:0:0:2       en0 23h59m58s S",
    "fe80::1%en0                     b8:27:eb:0:0:1       en0 20s       R  R",
    "fe80::2%en0                     (incomplete)         en0 expired   N",
    "fe80::3%en0                     b8:27:eb:0:0:3       en0 permanent R",
  ].join("\n");
  const entries = parseNdpAn(text);
  assert.deepEqual(brief(entries), [
    "fd00::10 b8:27:eb:00:00:02 stale en0",
    "fe80::1%en0 b8:27:eb:00:00:01 reachable en0",
    "fe80::2%en0 - probing en0",
    "fe80::3%en0 b8:27:eb:00:00:03 static en0",
  ]);
  assert.deepEqual(
    entries.map((entry) => entry.isRouter),
    [false, true, false, false],
  );
});

describe("tables of Windows", () => {
  test("are parsed by their format, in any language", () => {
    const english = [
      "",
      "Interface: 192.0.2.10 --- 0xb",
      "  Internet Address      Physical Address      Type",
      "  192.0.2.1             b8-27-eb-00-00-01     dynamic   ",
      "  192.0.2.255           ff-ff-ff-ff-ff-ff     static    ",
      "  224.0.0.22            01-00-5e-00-00-16     static    ",
    ].join("\r\n");
    const german = english
      .replace("Interface", "Schnittstelle")
      .replace("Internet Address      Physical Address      Type", "Internetadresse       Physische Adresse     Typ")
      .replace("dynamic", "dynamisch");
    for (const text of [english, german]) {
      assert.deepEqual(brief(parseWindowsTable(text)), ["192.0.2.1 b8:27:eb:00:00:01 listed "]);
    }
  });

  test("name the zone of a link-local address by the interface of its block", () => {
    const netsh = [
      "Interface 11: Ethernet",
      "",
      "Internet Address                              Physical Address   Type",
      "--------------------------------------------  -----------------  -----------",
      "fe80::1                                       b8-27-eb-00-00-01  Reachable (Router)",
      "fe80::2                                       Unreachable        Unreachable",
      "ff02::16                                      33-33-00-00-00-16  Permanent",
    ].join("\r\n");
    assert.deepEqual(brief(parseWindowsTable(netsh)), ["fe80::1%11 b8:27:eb:00:00:01 listed 11"]);
  });
});

test("reading never throws, whatever a program prints, and each entry is complete", () => {
  const word = fc.constantFrom(
    ..."192.0.2.1|(192.0.2.1)|fe80::1|fe80::1%en0|dev|eth0|lladdr|at|on|b8:27:eb:0:0:1|b8-27-eb-00-00-01|used".split(
      "|",
    ),
    ..."10/11/8probes|REACHABLE|FAILED|router|permanent|0xb|0x2|11:|?|*|R|(incomplete)|\t|\n".split("|"),
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.array(fc.oneof(word, fc.constant("\n"), fc.string()), { maxLength: 60 }).map((words) => words.join(" ")),
  );
  fc.assert(
    fc.property(text, (printed) => {
      const entries = [
        ...parseIpNeigh(printed, { hasAges: true }),
        ...parseProcArp(printed),
        ...parseArpAn(printed),
        ...parseNdpAn(printed),
        ...parseWindowsTable(printed),
      ];
      for (const entry of entries) {
        assert.match(entry.address, /^[0-9a-f.:]+(?:%[\w.:-]+)?$/i);
        if (entry.mac !== undefined) assert.match(entry.mac, /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/);
      }
    }),
  );
});

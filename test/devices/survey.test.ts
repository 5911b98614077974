import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import path from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { parseMac } from "../../src/core/device.ts";
import { AddressSet, parseRange } from "../../src/core/network.ts";
import { VendorLookup } from "../../src/outbound/devices/vendor/vendor-lookup.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { createHomeNetwork, type HomeNetwork } from "../harness/home-network.ts";
import { whyNoLab } from "../harness/network.ts";
import type { SurveyOrder, SurveyReport } from "./survey-child.ts";

const skip = whyNoLab() ?? (findProgram("setpriv") === undefined ? "setpriv is not installed" : false);

const child = path.join(import.meta.dirname, "survey-child.ts");
const withoutKoffi = path.join(import.meta.dirname, "without-koffi.mjs");

/** Runs what follows without CAP_NET_RAW, as somebody without any privilege. */
const unprivileged = ["setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-net_raw", "--inh-caps=-net_raw"];

const router = "b8:27:eb:00:00:01";
const nas = "00:11:32:00:00:10";
const phone = "da:a1:19:00:00:20";

const everybody = [
  `192.168.50.1 ${router} router`,
  `192.168.50.10 ${nas}`,
  `192.168.50.11 ${nas}`,
  `192.168.50.20 ${phone}`,
];

describe("a survey of a home network", { skip }, () => {
  let network: HomeNetwork;

  before(async () => {
    network = await createHomeNetwork(
      [
        { name: "scanner", mac: "52:54:00:00:00:02", addresses: ["192.168.50.2/24", "fd00:50::2/64"] },
        { name: "router", mac: router, addresses: ["192.168.50.1/24", "fd00:50::1/64"] },
        { name: "nas", mac: nas, addresses: ["192.168.50.10/24", "192.168.50.11/24"] },
        { name: "phone", mac: phone, addresses: ["192.168.50.20/24"], silent: true },
      ],
      { behindRouter: { name: "far", mac: "52:54:00:00:00:77", addresses: ["192.168.60.9/24"] } },
    );
    onScanner("ip", "route", "add", "default", "via", "192.168.50.1");
  });

  after(() => network[Symbol.asyncDispose]());

  beforeEach(() => onScanner("ip", "neigh", "flush", "dev", "eth0"));

  function on(host: string, program: string, ...args: readonly string[]): string {
    const [command, all] = network.on(host, program, args);
    return execFileSync(command, all, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
  }

  function onScanner(program: string, ...args: readonly string[]): string {
    return on("scanner", program, ...args);
  }

  function survey(order: Partial<SurveyOrder>, as: readonly string[] = [], nodeOptions: readonly string[] = []) {
    const full: SurveyOrder = { ranges: ["192.168.50.0/24", "192.168.60.0/24"], ...order };
    const [program = "", ...args] = [...as, process.execPath, ...nodeOptions, child, JSON.stringify(full)];
    const report: SurveyReport = JSON.parse(onScanner(program, ...args));
    assert.equal(report.descriptors[1], report.descriptors[0], "descriptors were left open");
    return report;
  }

  function ipv4(report: SurveyReport): readonly string[] {
    return report.present.filter((entry) => !entry.includes("::"));
  }

  const all4 = ["192.168.50.1", "192.168.50.3-192.168.50.254"];

  it("by ARP finds every device that is on the link, also one that drops everything, and nobody behind the router", () => {
    const report = survey({});
    assert.deepEqual(ipv4(report), everybody);
    assert.deepEqual(
      report.asked.filter((range) => !range.includes("::")),
      all4,
    );
    assert.deepEqual(report.notes, []);
    assert.ok(report.ms < 6000, `${report.ms} ms`);
    const lookup = new VendorLookup();
    const macs = ipv4(report).map((entry) => parseMac(entry.split(" ")[1] ?? "") ?? assert.fail(entry));
    assert.deepEqual(
      macs.map((mac) => lookup.vendorOf(mac)),
      ["Raspberry Pi Foundation", "Synology Incorporated", "Synology Incorporated", undefined],
    );
  });

  it("by neighbour discovery finds IPv6 addresses that nobody knew", () => {
    const { present } = survey({});
    for (const entry of [
      `fd00:50::1 ${router}`,
      `fe80::ba27:ebff:fe00:1%eth0 ${router}`,
      `fe80::211:32ff:fe00:10%eth0 ${nas}`,
    ])
      assert.ok(present.includes(entry), `${entry} in ${present.join(", ")}`);
  });

  it("without CAP_NET_RAW finds the same IPv4 devices, and says what was missing", () => {
    const report = survey({}, unprivileged);
    assert.deepEqual(ipv4(report), everybody);
    assert.deepEqual(report.asked, all4);
    assert.deepEqual(report.notes, [
      "no permission for ARP of our own (CAP_NET_RAW): the kernel's neighbour table was read",
    ]);
  });

  it("without CAP_NET_RAW finds IPv6 hosts that nobody knew where everybody may ping", () => {
    onScanner("sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647");
    try {
      const { asked, present } = survey({}, unprivileged);
      for (const entry of [`fe80::ba27:ebff:fe00:1%eth0 ${router}`, `fe80::211:32ff:fe00:10%eth0 ${nas}`])
        assert.ok(present.includes(entry), `${entry} in ${present.join(", ")}`);
      assert.ok(asked.includes("fe80::211:32ff:fe00:10"));
    } finally {
      onScanner("sysctl", "-qw", "net.ipv4.ping_group_range=1 0");
    }
  });

  it("without koffi reads the table from ip", () => {
    const report = survey({}, [], ["--import", withoutKoffi]);
    assert.deepEqual(ipv4(report), everybody);
    assert.deepEqual(report.asked, all4);
    assert.match(
      report.notes.join(),
      /^no ARP of our own \(the optional package koffi cannot be loaded: [^)]*\): the kernel/,
    );
  });

  for (const [name, replacement] of [
    ["from BusyBox' ip, which has no JSON and no ages", findProgram("busybox")],
    ["from /proc/net/arp where there is no ip either", "/dev/null"],
  ] as const) {
    it(`without koffi reads the table ${name}`, {
      skip: replacement === undefined && "busybox is not installed",
    }, () => {
      // `ip netns exec` has mounts of its own.
      const script = `mount --bind ${replacement} ${realpathSync(findProgram("ip") ?? "")} && exec "$@"`;
      const report = survey({}, ["/bin/sh", "-c", script, "sh"], ["--import", withoutKoffi]);
      assert.deepEqual(ipv4(report), everybody);
      assert.deepEqual(report.asked, all4);
    });
  }

  it("reads the table alone where ARP is switched off", () => {
    const report = survey({ arp: false });
    assert.deepEqual(ipv4(report), everybody);
    assert.deepEqual(report.notes, []);
  });

  it("does not ask again what was asked since the time that it is given", () => {
    survey({}, unprivileged);
    const again = survey({ sinceMsAgo: 60_000 }, unprivileged);
    assert.deepEqual(ipv4(again), everybody);
    assert.deepEqual(again.asked, all4);
    assert.ok(again.ms < 1500, `${again.ms} ms`);
  });

  it("asks known IPv6 addresses, and tells those that are silent apart from those that answer", () => {
    const known = ["fe80::211:32ff:fe00:10%eth0", "fe80::99%eth0", "fd00:50::1", "2001:db8::1"];
    for (const as of [[], unprivileged]) {
      const report = survey({ ranges: [], known }, as);
      assert.ok(report.present.includes(`fe80::211:32ff:fe00:10%eth0 ${nas}`));
      assert.ok(report.present.includes(`fd00:50::1 ${router}`));
      assert.ok(report.asked.includes("fe80::99"));
      assert.ok(!report.asked.includes("2001:db8::1"), "what is not on the link is not asked");
      assert.ok(!report.present.some((entry) => entry.startsWith("fe80::99")));
    }
  });

  it("never asks an address that is refused", () => {
    const counter =
      "table arp asked { chain in { type filter hook input priority 0; arp operation request arp daddr ip 192.168.50.10 counter; }; }";
    on("nas", "nft", counter);
    try {
      for (const as of [[], unprivileged]) {
        const report = survey({ refused: ["192.168.50.10"], known: ["192.168.50.10"] }, as);
        assert.deepEqual(
          ipv4(report),
          everybody.filter((entry) => !entry.startsWith("192.168.50.10 ")),
        );
        assert.ok(report.asked.includes("192.168.50.11-192.168.50.254"));
      }
      assert.match(on("nas", "nft", "list", "table", "arp", "asked"), /counter packets 0 /);
    } finally {
      on("nas", "nft", "delete", "table", "arp", "asked");
    }
  });

  it("says what was left out where there are more addresses than it may ask", () => {
    const report = survey({ maxAddresses: 20 });
    assert.deepEqual(report.asked.slice(0, 2), ["192.168.50.1", "192.168.50.3-192.168.50.21"]);
    assert.deepEqual(report.notes, ["233 addresses were not asked: a survey asks 20 at most"]);
  });

  it("asks a network that is larger than the neighbour table takes at once, and loses nothing", () => {
    onScanner("ip", "addr", "add", "192.168.90.2/23", "dev", "eth0");
    try {
      const report = survey({ ranges: ["192.168.90.0/23"] }, unprivileged);
      assert.deepEqual(report.asked, ["192.168.90.1", "192.168.90.3-192.168.91.254"]);
      assert.deepEqual(report.present, []);
    } finally {
      onScanner("ip", "addr", "del", "192.168.90.2/23", "dev", "eth0");
    }
  });

  it("ends within a second of the signal, with what it knows, and claims no answer that it did not await", () => {
    for (const as of [[], unprivileged]) {
      onScanner("ip", "neigh", "flush", "dev", "eth0");
      const report = survey({ abortAfterMs: 300 }, as);
      assert.ok(report.ms < 1300, `${report.ms} ms`);
      const silent = new AddressSet([parseRange("192.168.50.100-254") ?? assert.fail()]);
      const asked = report.asked.map((text) => parseRange(text) ?? assert.fail());
      assert.ok(!asked.some(({ family, last }) => family === 4 && silent.hasIpv4(Number(last))), report.asked.join());
    }
  });

  it("claims no silence where its own cable was pulled meanwhile", () => {
    try {
      const report = survey({ downAfterMs: 200 });
      assert.ok(
        report.asked.every((range) => !range.startsWith("192.168.50.3-")),
        report.asked.join(),
      );
      assert.ok(report.notes.includes("eth0 went down during the survey: silence on it means nothing"));
    } finally {
      onScanner("ip", "link", "set", "eth0", "up");
      onScanner("ip", "addr", "replace", "fd00:50::2/64", "dev", "eth0");
      onScanner("ip", "route", "replace", "default", "via", "192.168.50.1");
    }
  });

  it("reports both devices that claim one address", async () => {
    const twin = "00:1e:c2:00:00:11";
    await network.join({ name: "twin", mac: twin, addresses: ["192.168.50.11/24"] });
    try {
      const { present } = survey({});
      const claims = present.filter((entry) => entry.startsWith("192.168.50.11 ")).sort();
      assert.deepEqual(claims, [`192.168.50.11 ${nas}`, `192.168.50.11 ${twin}`].sort());
    } finally {
      await network.leave("twin");
    }
  });

  it("shows a router that answers for others as one device, and says so", () => {
    on("router", "sysctl", "-qw", "net.ipv4.conf.eth0.proxy_arp=1", "net.ipv4.neigh.eth0.proxy_delay=0");
    on("router", "ip", "route", "add", "192.168.50.192/26", "dev", "lan1");
    try {
      const report = survey({});
      const proxied = ipv4(report).filter((entry) => !everybody.includes(entry));
      assert.equal(proxied.length, 63);
      assert.ok(proxied.every((entry) => entry.endsWith(` ${router}`)));
      assert.deepEqual(report.notes, [
        `${router} answers for 64 addresses: one device, or a router that does proxy ARP`,
      ]);
    } finally {
      on("router", "ip", "route", "del", "192.168.50.192/26");
      on("router", "sysctl", "-qw", "net.ipv4.conf.eth0.proxy_arp=0");
    }
  });

  it("ends in time, and believes few of the claims, where somebody claims every address with other MAC addresses", async () => {
    const flood = path.join(import.meta.dirname, "flood-child.ts");
    const [command, args] = network.on("phone", process.execPath, [flood, "eth0", "52:54:00:00:00:02", "192.168.50.2"]);
    const liar = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(liar.stdout, "data");
      const report = survey({});
      assert.ok(report.ms < 8000, `${report.ms} ms`);
      assert.ok(report.present.length <= 4 * 254 + 100, `${report.present.length} claims`);
      assert.ok(report.present.length > 254, `${report.present.length} claims`);
      assert.match(report.notes.join(), /^\d+ addresses are claimed by more than one device$/);
    } finally {
      const exited = once(liar, "exit");
      liar.kill("SIGKILL");
      await exited;
    }
  });

  it("is not misled by entries of devices that have left, privileged or not", async () => {
    survey({});
    await network.leave("nas");
    const gone = (entry: string) => entry.includes(nas);
    for (const as of [[], unprivileged]) {
      // As they are a minute after the last packet.
      for (const address of ["192.168.50.10", "192.168.50.11"])
        onScanner("ip", "neigh", "replace", address, "lladdr", nas, "dev", "eth0", "nud", "stale");
      const report = survey({}, as);
      assert.deepEqual(
        ipv4(report),
        everybody.filter((entry) => !gone(entry)),
      );
      assert.deepEqual(
        report.asked.filter((range) => !range.includes("::")),
        all4,
        "they were asked: their silence counts",
      );
    }
  });
});

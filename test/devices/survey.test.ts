import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { promisify } from "node:util";
import { parseMac } from "../../src/core/device.ts";
import { AddressSet, parseRange } from "../../src/core/network.ts";
import { VendorLookup } from "../../src/outbound/devices/vendor/vendor-lookup.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { createHomeNetwork, type HomeNetwork } from "../harness/home-network.ts";
import { whyNoLab } from "../harness/network.ts";
import type { SurveyOrder, SurveyReport } from "./survey-child.ts";

const skip = whyNoLab() ?? (findProgram("setpriv") === undefined ? "setpriv is not installed" : false);

const child = path.join(import.meta.dirname, "survey-child.ts");
const withoutKoffi = path.join(import.meta.dirname, "without-koffi.mjs");

/** Runs the following command without CAP_NET_RAW, as a user without any privilege. */
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

const all4 = ["192.168.50.1", "192.168.50.3-192.168.50.254"];

/**
 * Fewer addresses, for a few surveys at a time: all namespaces of a machine share one neighbour table, which holds 1,024,
 * and drops none of the first 128 (`gc_thresh1`).
 */
const part = ["192.168.50.0/26"];
const allOfPart = ["192.168.50.1", "192.168.50.3-192.168.50.63"];

class Home {
  network!: HomeNetwork;

  async start(): Promise<void> {
    this.network = await createHomeNetwork(
      [
        { name: "scanner", mac: "52:54:00:00:00:02", addresses: ["192.168.50.2/24", "fd00:50::2/64"] },
        { name: "router", mac: router, addresses: ["192.168.50.1/24", "fd00:50::1/64"] },
        { name: "nas", mac: nas, addresses: ["192.168.50.10/24", "192.168.50.11/24"] },
        { name: "phone", mac: phone, addresses: ["192.168.50.20/24"], silent: true },
      ],
      {
        behindRouter: { name: "far", mac: "52:54:00:00:00:77", addresses: ["192.168.60.9/24"] },
        // One test probes a network that is larger than the table.
        neighbours: 384,
      },
    );
    this.onScanner("ip", "route", "add", "default", "via", "192.168.50.1");
  }

  on(host: string, program: string, ...args: readonly string[]): string {
    const [command, all] = this.network.on(host, program, args);
    return execFileSync(command, all, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: hangLimitMs });
  }

  onScanner(program: string, ...args: readonly string[]): string {
    return this.on("scanner", program, ...args);
  }

  forgetNeighbours(): void {
    this.onScanner("ip", "neigh", "flush", "dev", "eth0");
  }

  /** A survey in a separate process; it is ended after two minutes, and the test with it. */
  async survey(order: Partial<SurveyOrder>, as: readonly string[] = [], nodeOptions: readonly string[] = []) {
    const full: SurveyOrder = { ranges: ["192.168.50.0/24", "192.168.60.0/24"], ...order };
    const [program = "", ...args] = [...as, process.execPath, ...nodeOptions, child, JSON.stringify(full)];
    const [command, all] = this.network.on("scanner", program, args);
    const { stdout } = await promisify(execFile)(command, all, { timeout: hangLimitMs });
    const report: SurveyReport = JSON.parse(stdout);
    assert.equal(report.descriptors[1], report.descriptors[0], "descriptors were left open");
    return report;
  }
}

/** A separate network for the tests of one suite, so that suites run at the same time: surveys mostly wait. */
function useHome(): Home {
  const home = new Home();
  before(() => home.start());
  beforeEach(() => home.forgetNeighbours());
  after(() => home.network[Symbol.asyncDispose]());
  return home;
}

function ipv4(report: SurveyReport): readonly string[] {
  return report.present.filter((entry) => !entry.includes("::"));
}

function probed4(report: SurveyReport): readonly string[] {
  return report.probed.filter((range) => !range.includes("::"));
}

describe("a survey of a home network", { skip, concurrency: true }, () => {
  describe("with our own ARP and neighbour discovery", { concurrency: 1 }, () => {
    const home = useHome();

    test("finds every device on the link, even one that drops everything, and none behind the router", async () => {
      const report = await home.survey({});
      assert.deepEqual(ipv4(report), everybody);
      assert.deepEqual(probed4(report), all4);
      assert.deepEqual(report.notes, []);
      const lookup = new VendorLookup();
      const macs = ipv4(report).map((entry) => parseMac(entry.split(" ")[1] ?? "") ?? assert.fail(entry));
      assert.deepEqual(
        macs.map((mac) => lookup.vendorOf(mac)),
        ["Raspberry Pi Foundation", "Synology Incorporated", "Synology Incorporated", undefined],
      );
      // By neighbour discovery: unknown IPv6 addresses.
      for (const entry of [
        `fd00:50::1 ${router}`,
        `fe80::ba27:ebff:fe00:1%eth0 ${router}`,
        `fe80::211:32ff:fe00:10%eth0 ${nas}`,
      ])
        assert.ok(report.present.includes(entry), `${entry} in ${report.present.join(", ")}`);
    });

    test("reports what was left out if there are more addresses than it may probe", async () => {
      const report = await home.survey({ maxAddresses: 20 });
      assert.deepEqual(report.probed.slice(0, 2), ["192.168.50.1", "192.168.50.3-192.168.50.21"]);
      assert.deepEqual(report.notes, ["233 addresses were not probed: the limit of a survey is 20"]);
    });

    test("waits no longer after an abort, returns what it knows, and reports no absence that it did not wait for", async () => {
      // All were probed by then, and it waits for the silent ones.
      for (const [abortAtWait, as] of [
        [30, []],
        [1, unprivileged],
      ] as const) {
        home.forgetNeighbours();
        const report = await home.survey({ abortAtWait }, as);
        assert.equal(report.awaitedAfterAbort, 0);
        const silent = new AddressSet([parseRange("192.168.50.100-254") ?? assert.fail()]);
        const probed = report.probed.map((text) => parseRange(text) ?? assert.fail());
        assert.ok(
          !probed.some(({ family, last }) => family === 4 && silent.hasIpv4(Number(last))),
          report.probed.join(),
        );
      }
    });

    test("reports no absence if its own cable was unplugged meanwhile", async () => {
      try {
        const report = await home.survey({ downAtWait: 1 });
        assert.ok(
          report.probed.every((range) => !range.startsWith("192.168.50.3-")),
          report.probed.join(),
        );
        assert.ok(report.notes.includes("eth0 went down during the survey: its addresses count as not probed"));
      } finally {
        home.onScanner("ip", "link", "set", "eth0", "up");
        home.onScanner("ip", "addr", "replace", "fd00:50::2/64", "dev", "eth0");
        home.onScanner("ip", "route", "replace", "default", "via", "192.168.50.1");
      }
    });

    test("reports both devices that claim one address", async () => {
      const twin = "00:1e:c2:00:00:11";
      await home.network.join({ name: "twin", mac: twin, addresses: ["192.168.50.11/24"] });
      try {
        const { present } = await home.survey({});
        const claims = present.filter((entry) => entry.startsWith("192.168.50.11 ")).sort();
        assert.deepEqual(claims, [`192.168.50.11 ${nas}`, `192.168.50.11 ${twin}`].sort());
      } finally {
        await home.network.leave("twin");
      }
    });

    test("shows a router that answers for others as one device, with a note", async () => {
      home.on("router", "sysctl", "-qw", "net.ipv4.conf.eth0.proxy_arp=1", "net.ipv4.neigh.eth0.proxy_delay=0");
      home.on("router", "ip", "route", "add", "192.168.50.192/26", "dev", "lan1");
      try {
        const report = await home.survey({});
        const proxied = ipv4(report).filter((entry) => !everybody.includes(entry));
        assert.equal(proxied.length, 63);
        assert.ok(proxied.every((entry) => entry.endsWith(` ${router}`)));
        assert.deepEqual(report.notes, [
          `${router} answers for 64 addresses: one device, or a router that does proxy ARP`,
        ]);
      } finally {
        home.on("router", "ip", "route", "del", "192.168.50.192/26");
        home.on("router", "sysctl", "-qw", "net.ipv4.conf.eth0.proxy_arp=0");
      }
    });

    test("ends in time, and accepts few of the claims, if a device claims every address with different MAC addresses", async () => {
      const flood = path.join(import.meta.dirname, "flood-child.ts");
      const [command, args] = home.network.on("phone", process.execPath, [
        flood,
        "eth0",
        "52:54:00:00:00:02",
        "192.168.50.2",
      ]);
      const liar = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
      try {
        await once(liar.stdout, "data");
        const report = await home.survey({});
        assert.ok(report.present.length <= 4 * 254 + 100, `${report.present.length} claims`);
        assert.ok(report.present.length > 254, `${report.present.length} claims`);
        assert.match(report.notes.join(), /^\d+ addresses are claimed by more than one device$/);
      } finally {
        const exited = once(liar, "exit");
        liar.kill("SIGKILL");
        await exited;
      }
    });
  });

  describe("without CAP_NET_RAW", { concurrency: 1 }, () => {
    const home = useHome();

    test("finds the same IPv4 devices, and reports what was missing", async () => {
      const report = await home.survey({}, unprivileged);
      assert.deepEqual(ipv4(report), everybody);
      assert.deepEqual(report.probed, all4);
      assert.deepEqual(report.notes, [
        "no permission to send ARP requests (CAP_NET_RAW): the kernel's neighbour table was read",
      ]);
    });

    test("finds unknown IPv6 hosts if every user may ping", async () => {
      home.onScanner("sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647");
      try {
        const { probed, present } = await home.survey({}, unprivileged);
        for (const entry of [`fe80::ba27:ebff:fe00:1%eth0 ${router}`, `fe80::211:32ff:fe00:10%eth0 ${nas}`])
          assert.ok(present.includes(entry), `${entry} in ${present.join(", ")}`);
        assert.ok(probed.includes("fe80::211:32ff:fe00:10"));
      } finally {
        home.onScanner("sysctl", "-qw", "net.ipv4.ping_group_range=1 0");
      }
    });

    test("only reads the table if ARP is switched off", async () => {
      const report = await home.survey({ arp: false });
      assert.deepEqual(ipv4(report), everybody);
      assert.deepEqual(report.notes, []);
    });

    test("probes a network that is larger than the neighbour table, and loses nothing", async () => {
      home.onScanner("ip", "addr", "add", "192.168.90.2/23", "dev", "eth0");
      try {
        const report = await home.survey({ ranges: ["192.168.90.0/23"] }, unprivileged);
        assert.deepEqual(report.probed, ["192.168.90.1", "192.168.90.3-192.168.91.254"]);
        assert.deepEqual(report.present, []);
      } finally {
        home.onScanner("ip", "addr", "del", "192.168.90.2/23", "dev", "eth0");
      }
    });
  });

  describe("without koffi", { concurrency: 1 }, () => {
    const home = useHome();

    test("reads the table with ip", async () => {
      const report = await home.survey({ ranges: part }, [], ["--import", withoutKoffi]);
      assert.deepEqual(ipv4(report), everybody);
      assert.deepEqual(report.probed, allOfPart);
      assert.match(
        report.notes.join(),
        /^cannot send ARP requests \(the optional package koffi cannot be loaded: [^)]*\): the kernel/,
      );
    });

    for (const [name, replacement] of [
      ["from BusyBox' ip, which has no JSON and no ages", findProgram("busybox")],
      ["from /proc/net/arp where there is no ip either", "/dev/null"],
    ] as const) {
      test(`reads the table ${name}`, {
        skip: replacement === undefined && "busybox is not installed",
      }, async () => {
        // `ip netns exec` has its own mounts.
        const script = `mount --bind ${replacement} ${realpathSync(findProgram("ip") ?? "")} && exec "$@"`;
        const report = await home.survey({ ranges: part }, ["/bin/sh", "-c", script, "sh"], ["--import", withoutKoffi]);
        assert.deepEqual(ipv4(report), everybody);
        assert.deepEqual(report.probed, allOfPart);
      });
    }
  });

  describe("of addresses that are known, refused or probed already", { concurrency: 1 }, () => {
    const home = useHome();

    test("does not probe again what was probed after the given time", async () => {
      home.onScanner(
        "nft",
        "table arp questions { set probed { type ipv4_addr; flags dynamic; }; chain out { type filter hook output priority 0; arp operation request add @probed { arp daddr ip }; }; }",
      );
      try {
        // The kernel may drop entries if other tests fill its table.
        for (let tries = 1; ; tries++) {
          assert.deepEqual((await home.survey({ ranges: part }, unprivileged)).probed, allOfPart);
          assert.equal(probed().length, 62);
          const known = new Set(home.onScanner("ip", "neigh").match(/^192\.168\.50\.\d+(?= )/gm));
          home.onScanner("nft", "flush", "set", "arp", "questions", "probed");
          const again = await home.survey({ ranges: part, sinceMsAgo: 600_000 }, unprivileged);
          assert.deepEqual(ipv4(again), everybody);
          assert.deepEqual(again.probed, allOfPart);
          const repeated = probed().filter((address) => known.has(address));
          if (repeated.length === 0) break;
          assert.ok(tries < 3, `probed again: ${repeated.join(", ")}`);
          home.forgetNeighbours();
          home.onScanner("nft", "flush", "set", "arp", "questions", "probed");
        }
      } finally {
        home.onScanner("nft", "delete", "table", "arp", "questions");
      }

      function probed(): readonly string[] {
        return home.onScanner("nft", "list", "set", "arp", "questions", "probed").match(/192\.168\.50\.\d+/g) ?? [];
      }
    });

    test("probes known IPv6 addresses, and distinguishes silent ones from those that answer", async () => {
      const known = ["fe80::211:32ff:fe00:10%eth0", "fe80::99%eth0", "fd00:50::1", "2001:db8::1"];
      for (const as of [[], unprivileged]) {
        const report = await home.survey({ ranges: [], known }, as);
        assert.ok(report.present.includes(`fe80::211:32ff:fe00:10%eth0 ${nas}`));
        assert.ok(report.present.includes(`fd00:50::1 ${router}`));
        assert.ok(report.probed.includes("fe80::99"));
        assert.ok(!report.probed.includes("2001:db8::1"), "what is not on the link is not probed");
        assert.ok(!report.present.some((entry) => entry.startsWith("fe80::99")));
      }
    });

    test("never probes an address that is not allowed", async () => {
      const counter =
        "table arp probed { chain in { type filter hook input priority 0; arp operation request arp daddr ip 192.168.50.10 counter; }; }";
      home.on("nas", "nft", counter);
      try {
        for (const as of [[], unprivileged]) {
          const report = await home.survey({ ranges: part, refused: ["192.168.50.10"], known: ["192.168.50.10"] }, as);
          assert.deepEqual(
            ipv4(report),
            everybody.filter((entry) => !entry.startsWith("192.168.50.10 ")),
          );
          assert.ok(report.probed.includes("192.168.50.11-192.168.50.63"));
        }
        assert.match(home.on("nas", "nft", "list", "table", "arp", "probed"), /counter packets 0 /);
      } finally {
        home.on("nas", "nft", "delete", "table", "arp", "probed");
      }
    });
  });

  describe("after a device has left", { concurrency: 1 }, () => {
    const home = useHome();

    test("is not misled by old entries of the table, privileged or not", async () => {
      await home.survey({ ranges: part });
      await home.network.leave("nas");
      const gone = (entry: string) => entry.includes(nas);
      for (const as of [[], unprivileged]) {
        // As the entries are a minute after the last packet.
        for (const address of ["192.168.50.10", "192.168.50.11"])
          home.onScanner("ip", "neigh", "replace", address, "lladdr", nas, "dev", "eth0", "nud", "stale");
        const report = await home.survey({ ranges: part }, as);
        assert.deepEqual(
          ipv4(report),
          everybody.filter((entry) => !gone(entry)),
        );
        assert.deepEqual(probed4(report), allOfPart, "they were probed: their silence counts");
      }
    });
  });
});

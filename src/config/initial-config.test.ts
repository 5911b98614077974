import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import os, { type NetworkInterfaceInfo } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { mailSettings } from "../../test/config/mail-settings.ts";
import { checkNames } from "../core/check.ts";
import { commonPorts } from "../core/common-ports.ts";
import { HarbingerError } from "../core/errors.ts";
import { type AddressRange, parseRange } from "../core/network.ts";
import { notifySections } from "../notify/channel-sections.ts";
import { ntfySchema } from "../notify/channels/ntfy/channel.ts";
import { type FirstConfig, initialConfig } from "./initial-config.ts";
import { loadText } from "./load.ts";
import { type Interfaces, largeIpv6Networks, localNetworks } from "./local-networks.ts";
import { namedNetwork, proposalOf } from "./proposed-networks.ts";
import { writeInitialConfig, writeSecretFile } from "./write-initial-config.ts";

function ipv6(cidr: string, mac = ""): NetworkInterfaceInfo {
  return { address: cidr.split("/")[0] ?? "", netmask: "", family: "IPv6", mac, internal: false, cidr, scopeid: 0 };
}

function ipv4(cidr: string, internal = false): NetworkInterfaceInfo {
  return { address: cidr.split("/")[0] ?? "", netmask: "", family: "IPv4", mac: "", internal, cidr };
}

const loopback = { lo: [ipv4("127.0.0.1/8", true)] };
const nothing: FirstConfig = { networks: [], leftOut: [], largeIpv6: [], decoyPorts: [2222, 3389] };
const mail = { to: ["me@example.org"], server: "mx.example.org", port: 25, from: "harbinger@example.org" };

/** What `config init` proposes for these interfaces. */
function planFor(interfaces: Interfaces): FirstConfig {
  const found = localNetworks(interfaces);
  return {
    ...nothing,
    networks: found.filter(({ kind }) => kind === "lan").map(proposalOf),
    leftOut: found.filter(({ kind }) => kind !== "lan").map(proposalOf),
    largeIpv6: largeIpv6Networks(interfaces),
  };
}

function named(...cidrs: string[]): Pick<FirstConfig, "networks"> {
  return { networks: cidrs.map(namedNetwork).filter((network) => network !== undefined) };
}

/** Loads without a warning. */
function load(text: string) {
  const readFile = () => Buffer.from("https://chat.example.org/hook");
  const environment = {};
  const outcome = loadText(text, "harbinger.yaml", {
    file: undefined,
    explicit: true,
    environment,
    checkNames,
    readFile,
  });
  assert.ok(outcome.kind === "config", outcome.kind === "invalid" ? JSON.stringify(outcome.problems) : "");
  assert.deepEqual(outcome.warnings, []);
  return outcome.config;
}

function targetsIn(text: string): readonly (readonly string[])[] {
  return load(text).watches.map(({ scan }) => scan.targets ?? []);
}

describe("localNetworks", () => {
  test("finds private networks, each once, and leaves public addresses and loopback out", () => {
    const found = localNetworks({
      ...loopback,
      eth0: [ipv4("192.168.1.77/24"), ipv4("203.0.113.9/24")],
      wlan0: [ipv4("192.168.1.78/24"), ipv4("100.64.3.4/20")],
    });
    assert.deepEqual(
      found.map((network) => network.cidr),
      ["192.168.1.0/24", "100.64.0.0/20"],
    );
  });

  test("proposes only the machine's own /24 of a network larger than /16", () => {
    assert.deepEqual(localNetworks({ eth0: [ipv4("10.4.5.6/8")] }), [
      { cidr: "10.4.5.0/24", interfaceName: "eth0", kind: "lan", partOf: "10.0.0.0/8" },
    ]);
    assert.equal(localNetworks({ eth0: [ipv4("172.16.9.1/16")] })[0]?.cidr, "172.16.0.0/16");
  });
});

describe("localNetworks of unusual interfaces", () => {
  test("proposes no network of one address, and small private IPv6 networks", () => {
    const found = localNetworks({
      eth0: [ipv4("10.0.0.5/32"), ipv4("10.9.0.0/31"), ipv6("fd00:1::5/120"), ipv6("fd00:2::5/128")],
      eth1: [ipv6("fd00:3::5/64"), ipv6("2001:db8::5/120"), ipv6("fe80::5/64")],
    });
    assert.deepEqual(
      found.map(({ cidr }) => cidr),
      ["10.9.0.0/31", "fd00:1::/120"],
    );
  });

  test("tells networks inside the machine and tunnels from bridges of a real network", () => {
    const tunnel = { ...ipv4("10.8.0.2/24"), mac: "00:00:00:00:00:00" };
    const found = localNetworks({
      "br-0a1b2c3d4e5f": [ipv4("192.168.1.1/24"), ipv4("172.18.0.1/16")],
      wg0: [tunnel],
      "br-lan": [ipv4("192.168.1.1/24")],
      "vEthernet (Office)": [ipv4("192.168.2.1/24")],
      "vEthernet (Default Switch)": [ipv4("172.30.0.1/20")],
    });
    assert.deepEqual(
      found.map(({ cidr, kind }) => `${cidr} ${kind}`),
      [
        "192.168.1.0/24 lan",
        "192.168.2.0/24 lan",
        "172.18.0.0/16 inside",
        "10.8.0.0/24 tunnel",
        "172.30.0.0/20 inside",
      ],
    );
  });
});

describe("largeIpv6Networks", () => {
  const eth0 = [ipv6("2001:db8:1::5/64"), ipv6("fd00:1::5/64"), ipv6("fd00:1::6/64"), ipv6("fe80::5/64")];

  test("names each network once, private ones first, and no link-local one beside others", () => {
    const found = largeIpv6Networks({
      ...loopback,
      eth0,
      wlan0: [ipv6("fe80::6/64")],
      docker0: [ipv6("fd00:9::1/64")],
    });
    assert.deepEqual(
      found.map(({ cidr, interfaceName, scope }) => [cidr, interfaceName, scope]),
      [
        ["fd00:1::/64", "eth0", "private"],
        ["2001:db8:1::/64", "eth0", "public"],
      ],
    );
    assert.deepEqual(largeIpv6Networks({ eth0: [ipv4("10.0.0.5/24"), ipv6("fe80::5/64")] }), []);
  });

  test("names link-local networks of a machine without others, and networks that only a route shows", () => {
    assert.deepEqual(largeIpv6Networks({ eth0: [ipv6("fe80::5/64")] }), [
      { cidr: "fe80::/64", interfaceName: "eth0", scope: "link-local" },
    ]);
    const range = namedRange("fd00:7::/64");
    const found = largeIpv6Networks({ eth0: [ipv6("fd00:7::5/128")] }, [
      { link: "eth0", range },
      { link: "docker0", range: namedRange("fd00:8::/64") },
    ]);
    assert.deepEqual(found, [{ cidr: "fd00:7::/64", interfaceName: "eth0", scope: "private" }]);
  });
});

function namedRange(text: string): AddressRange {
  const range = parseRange(text);
  assert.ok(range !== undefined);
  return range;
}

describe("namedNetwork", () => {
  test("accepts addresses, networks and ranges, and detects public ones", () => {
    assert.deepEqual(namedNetwork(" 192.168.1.0/24 "), { cidr: "192.168.1.0/24", isPublic: false });
    assert.deepEqual(namedNetwork("fd00::/120")?.isPublic, false);
    assert.deepEqual(namedNetwork("fe80::1%eth0"), { cidr: "fe80::1%eth0", isPublic: false });
    assert.equal(namedNetwork("192.0.2.1-9")?.isPublic, true);
    assert.equal(namedNetwork("192.168.0.0/15")?.isPublic, true);
    for (const text of ["", "lan", "192.168.1.0/33", "10.0.0.300"]) assert.equal(namedNetwork(text), undefined);
  });
});

describe("initialConfig", () => {
  test("scans the networks that were found for the common ports each hour, and for all others once a week at night", () => {
    const text = initialConfig(planFor({ ...loopback, eth0: [ipv4("192.168.1.77/24")], eth1: [ipv4("10.4.5.6/8")] }));
    const both = ["192.168.1.0/24", "10.4.5.0/24"];
    assert.deepEqual(targetsIn(text), [both, both]);
    assert.match(text, /part of 10\.0\.0\.0\/8, which is too large/);
    const [common, all] = load(text).watches;
    assert.deepEqual([common?.ports, all?.ports.length], [commonPorts, 65_535 - commonPorts.length]);
    assert.deepEqual([common?.onlyOnSchedule, all?.onlyOnSchedule], [undefined, true]);
    assert.deepEqual([common?.schedule, all?.schedule], ["7 * * * *", "30 1 * * 0"]);
    for (const watch of [common, all]) assert.deepEqual(watch?.checks, ["service", "exposure", "cert"]);
  });

  test("scans large networks less often, and not for all ports", () => {
    const large = load(initialConfig({ ...nothing, ...named("10.1.0.0/16") }));
    assert.deepEqual(
      large.watches.map(({ name, schedule }) => [name, schedule]),
      [["lan", "7 */6 * * *"]],
    );
    const mixed = initialConfig({ ...nothing, ...named("10.1.0.0/16", "192.168.1.0/24") });
    assert.deepEqual(targetsIn(mixed), [["10.1.0.0/16", "192.168.1.0/24"], ["192.168.1.0/24"]]);
  });

  test("names networks of containers and leaves them out", () => {
    const text = initialConfig(planFor({ docker0: [ipv4("172.17.0.1/16")], eth0: [ipv4("10.0.0.5/24")] }));
    assert.deepEqual(targetsIn(text)[0], ["10.0.0.0/24"]);
    assert.match(text, /# - 172\.17\.0\.0\/16 +# docker0 \(inside this machine\)/);
  });

  test("says of IPv6 networks why they are not proposed, and proposes none of them", () => {
    const text = initialConfig(planFor({ eth0: [ipv4("10.0.0.5/24"), ipv6("fd00:1::5/64"), ipv6("2001:db8::5/64")] }));
    assert.deepEqual(targetsIn(text)[0], ["10.0.0.0/24"]);
    assert.match(
      text,
      /# Not proposed: fd00:1::\/64 \(eth0\), 2001:db8::\/64 \(eth0, public\): IPv6 networks have too/,
    );
    assert.match(text, /# List the hosts to scan, such as "fd00:1::10"; public ones in scope\.allow as well\.$/m);
    const alone = initialConfig(planFor({ eth0: [ipv6("fe80::5/64")] }));
    assert.deepEqual(targetsIn(alone)[0], ["127.0.0.1", "::1"]);
    assert.match(alone, /# List the hosts to scan, such as "fe80::10%eth0"\.$/m);
  });

  test("scans loopback on a machine without a private network", () => {
    for (const interfaces of [loopback, {}]) {
      assert.deepEqual(targetsIn(initialConfig(planFor(interfaces)))[0], ["127.0.0.1", "::1"]);
    }
  });

  test("loads on this machine", () => {
    assert.ok((targetsIn(initialConfig(planFor(os.networkInterfaces())))[0]?.length ?? 0) > 0);
  });

  test("sends mail: reports of both watches, and alerts of the decoy", () => {
    const config = load(initialConfig({ ...nothing, mail }));
    const { watches, alerts, listeners } = config;
    for (const { recipients } of watches) assert.deepEqual(recipients, ["me@example.org"]);
    assert.deepEqual(alerts.recipients, ["me@example.org"]);
    assert.deepEqual(mailSettings(config), {
      kind: "smtp",
      server: "mx.example.org",
      port: 25,
      tls: "opportunistic",
      verify: true,
      credentials: undefined,
      oauth2: undefined,
      fromAddress: "harbinger@example.org",
    });
    assert.deepEqual(
      listeners.map(({ ports }) => ports),
      [[2222, 3389]],
    );
  });

  test("keeps a password in a separate file", () => {
    const text = initialConfig({ ...nothing, mail: { ...mail, username: "me: #1", passwordFile: "mail password" } });
    const email = mailSettings(load(text));
    assert.ok(email?.kind === "smtp");
    assert.deepEqual(email.credentials, { username: "me: #1", password: "https://chat.example.org/hook" });
  });

  test("sends to ntfy", () => {
    const config = load(initialConfig({ ...nothing, ntfy: { topic: "123", server: "https://ntfy.example.org" } }));
    const [ntfy] = notifySections(config.channels).map(({ section }) => ntfySchema.parse(section));
    assert.deepEqual([ntfy?.topic, ntfy?.server], ["123", "https://ntfy.example.org"]);
    assert.equal(config.listeners.length, 1);
    for (const watch of config.watches) assert.deepEqual(watch.notify, ["ntfy"]);
    load(initialConfig({ ...nothing, ntfy: { topic: "t" }, decoyPorts: [] }));
  });

  test("opens no decoy without recipients, or if none is wanted", () => {
    assert.deepEqual(load(initialConfig(nothing)).listeners, []);
    assert.deepEqual(load(initialConfig({ ...nothing, mail, decoyPorts: [] })).listeners, []);
  });

  test("allows public networks that were named", () => {
    const { scope } = load(initialConfig({ ...nothing, ...named("192.0.2.0/28", "fd00::5") }));
    assert.equal(scope.allow.length, 1);
  });

  test("has examples that load once they are uncommented", () => {
    const config = load(
      initialConfig(nothing)
        .replace(/^# (?=\w+:| {2})/gm, "")
        .replace("# notify: [ntfy]", "notify: [ntfy, chat]"),
    );
    assert.deepEqual(config.watches[0]?.notify, ["ntfy", "chat"]);
    assert.deepEqual(
      config.listeners.map(({ ports }) => ports),
      [[2222, 3389]],
    );
    assert.deepEqual(config.alerts.recipients, ["security@example.org"]);
    assert.deepEqual(
      notifySections(config.channels).map(({ channel, name }) => [channel, name]),
      [
        ["ntfy", "ntfy"],
        ["webhook", "chat"],
      ],
    );
    assert.equal(mailSettings(config)?.kind, "smtp");
  });

  test("handles an interface with an unusual name", () => {
    const text = initialConfig(planFor({ "a\n- b: #": [ipv4("10.0.0.5/24")] }));
    assert.deepEqual(targetsIn(text)[0], ["10.0.0.0/24"]);
  });
});

describe("writeInitialConfig", () => {
  test("writes a file for its owner only, and overwrites another only if requested", () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-init-"));
    try {
      const file = path.join(folder, "harbinger.yaml");
      writeInitialConfig(file, "first");
      if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.throws(
        () => writeInitialConfig(file, "second"),
        (error) => error instanceof HarbingerError && error.code === "config" && /was not changed/.test(error.message),
      );
      assert.equal(readFileSync(file, "utf8"), "first");
      writeInitialConfig(file, "third", { force: true });
      assert.deepEqual([readFileSync(file, "utf8"), readFileSync(`${file}.bak`, "utf8")], ["third", "first"]);
      assert.throws(
        () => writeInitialConfig(path.join(folder, "no", "h.yaml"), "x"),
        (error) => error instanceof HarbingerError && error.code === "permission",
      );
      const secret = path.join(folder, "secret");
      writeSecretFile(secret, "word");
      assert.equal(readFileSync(secret, "utf8"), "word\n");
      if (process.platform !== "win32") assert.equal(statSync(secret).mode & 0o777, 0o600);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { missing, programPath } from "../check-servers/real-server.ts";
import { TemporaryFolder } from "../enrich/temporary-folder.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { createHomeNetwork, type HomeNetwork } from "../harness/home-network.ts";
import { whyNoLab } from "../harness/network.ts";
import type { NamesOrder, NamesReport } from "./names-child.ts";

const skip = whyNoLab() ?? missing("avahi-daemon", "nmbd", "dnsmasq", "busybox") ?? false;
const child = path.join(import.meta.dirname, "names-child.ts");

const nas = "00:11:32:00:00:10";
const pc = "3c:52:82:00:00:30";
const phone = "da:a1:19:00:00:20";
const mute = "b8:27:eb:00:00:01";

describe("names of devices, from real servers", { skip }, () => {
  let network: HomeNetwork;
  let folder: TemporaryFolder;
  const servers: ChildProcess[] = [];

  before(async () => {
    folder = new TemporaryFolder();
    network = await createHomeNetwork([
      { name: "scanner", mac: "52:54:00:00:00:02", addresses: ["192.168.50.2/24"] },
      { name: "nas", mac: nas, addresses: ["192.168.50.10/24", "192.168.50.11/24"] },
      { name: "pc", mac: pc, addresses: ["192.168.50.30/24"] },
      { name: "phone", mac: phone, addresses: [] },
      { name: "mute", mac: mute, addresses: ["192.168.50.1/24"], silent: true },
    ]);
    startAvahi();
    startNmbd();
    startDnsmasq();
    giveLease();
  });

  after(async () => {
    for (const server of servers) {
      if (server.exitCode !== null || server.signalCode !== null) continue;
      const exited = once(server, "exit");
      server.kill("SIGKILL");
      await exited;
    }
    await network?.[Symbol.asyncDispose]();
    folder?.[Symbol.dispose]();
  });

  function serve(host: string, program: string, ...args: readonly string[]): void {
    const [command, all] = network.on(host, program, args);
    servers.push(spawn(command, all, { stdio: "ignore" }));
  }

  function startAvahi(): void {
    const file = folder.file("avahi.conf");
    const publish = "[publish]\npublish-hinfo=no\npublish-workstation=no\n";
    writeFileSync(file, `[server]\nhost-name=Annas-NAS\nenable-dbus=no\nuse-ipv6=yes\n${publish}`);
    // `ip netns exec` has its own mounts: no other process sees what the daemon writes to /run.
    const daemon = `${programPath("avahi-daemon")} -f ${file} --no-drop-root --no-chroot --no-rlimits`;
    serve("nas", "/bin/sh", "-c", `mount -t tmpfs none /run && exec ${daemon}`);
  }

  function startNmbd(): void {
    const state = folder.file("samba");
    mkdirSync(state);
    const kinds = [
      "private dir",
      "lock directory",
      "state directory",
      "cache directory",
      "pid directory",
      "ncalrpc dir",
    ];
    const lines = kinds.map((kind) => `${kind} = ${state}`);
    const file = folder.file("smb.conf");
    writeFileSync(
      file,
      ["[global]", "netbios name = PC-ANNA", "workgroup = HOME", `log file = ${state}/log`, ...lines].join("\n"),
    );
    serve("pc", programPath("nmbd"), "--foreground", "--no-process-group", "-s", file, "-l", state);
  }

  function startDnsmasq(): void {
    serve(
      "scanner",
      programPath("dnsmasq"),
      ..."--keep-in-foreground --conf-file=/dev/null --user=root --pid-file= --no-resolv --no-hosts".split(" "),
      ..."--interface=eth0 --bind-interfaces --domain=lan --local=/lan/ --dhcp-authoritative".split(" "),
      "--host-record=files.lan,192.168.50.11",
      "--dhcp-range=192.168.50.100,192.168.50.150,1h",
      `--dhcp-leasefile=${folder.file("dnsmasq.leases")}`,
    );
  }

  /** The phone requests an address by DHCP, as phones do. */
  function giveLease(): void {
    const script = folder.file("bound");
    writeFileSync(script, '#!/bin/sh\n[ "$1" != bound ] || ip addr add "$ip/24" dev eth0\n', { mode: 0o755 });
    const client = `udhcpc -i eth0 -x hostname:Galaxy-4711 -n -q -f -t 20 -T 1 -s ${script}`.split(" ");
    const [command, args] = network.on("phone", programPath("busybox"), client);
    execFileSync(command, args, { stdio: "ignore", timeout: hangLimitMs });
  }

  function names(order: Partial<NamesOrder> = {}): NamesReport {
    const leases = folder.file("dnsmasq.leases");
    const [, , phoneAddress = ""] = readFileSync(leases, "latin1").split(" ");
    const neighbours = [
      `192.168.50.1 ${mute}`,
      `192.168.50.10 ${nas}`,
      `192.168.50.11 ${nas}`,
      `192.168.50.30 ${pc}`,
      `${phoneAddress} ${phone}`,
    ];
    const full: NamesOrder = { neighbours, leaseFiles: [leases], servers: ["192.168.50.2"], ...order };
    const [command, args] = network.command(process.execPath, [child, JSON.stringify(full)]);
    return JSON.parse(execFileSync(command, args, { encoding: "utf8", timeout: hangLimitMs }));
  }

  test("come from DHCP leases, DNS, multicast DNS and NetBIOS, in this order, one from each source", () => {
    const expected = {
      [nas]: ["dns files.lan", "mdns Annas-NAS"],
      [pc]: ["netbios PC-ANNA"],
      [phone]: ["dhcp Galaxy-4711", "dns Galaxy-4711.lan"],
    };
    let found = names();
    // Servers announce themselves for some seconds before they answer.
    for (let tries = 0; tries < 15 && Object.values(found.names).flat().length < 5; tries++) found = names();
    assert.deepEqual(found.names, expected);
  });

  test("come from files and DNS alone if devices must not be queried", () => {
    const found = names({ active: false });
    assert.deepEqual(found.names, { [nas]: ["dns files.lan"], [phone]: ["dhcp Galaxy-4711", "dns Galaxy-4711.lan"] });
  });

  test("of an IPv6 address come from multicast DNS, too", () => {
    const found = names({ neighbours: [`fe80::211:32ff:fe00:10%eth0 ${nas}`] });
    assert.deepEqual(found.names, { [nas]: ["mdns Annas-NAS"] });
  });

  test("are looked up within the time limit, with those found by then", () => {
    const found = names({ maxMs: 300, servers: ["192.168.50.1"] });
    // A silent DNS server is otherwise queried for eight seconds.
    assert.ok(found.ms < 5000, `${found.ms} ms`);
    assert.deepEqual(found.names[phone], ["dhcp Galaxy-4711"]);
  });
});

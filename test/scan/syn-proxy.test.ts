import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { launcherOf } from "../harness/launchers.ts";
import { whyNoLab } from "../harness/network.ts";

const launcher = launcherOf("harbinger");

/** Scanner, firewall and hosts, each a namespace: the kernel's own SYN proxy is between them. */
const [scanner, firewall, hosts] = ["s", "f", "h"].map((name) => `hb-syn-${process.pid}${name}`);

const run = (program: string, ...args: readonly string[]) =>
  execFileSync(program, args, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8", timeout: hangLimitMs });

// Without nf_conntrack_tcp_loose=0 the ACK of the client would pass, and the host would reset the unknown connection.
const setUp = `
ip netns add ${scanner}; ip netns add ${firewall}; ip netns add ${hosts}
for each in ${scanner} ${firewall} ${hosts}; do ip -n $each link set lo up; done
ip link add v0 netns ${scanner} type veth peer name v1 netns ${firewall}
ip link add v2 netns ${firewall} type veth peer name v3 netns ${hosts}
ip -n ${scanner} addr add 10.20.0.2/24 dev v0; ip -n ${scanner} link set v0 up
ip -n ${firewall} addr add 10.20.0.1/24 dev v1; ip -n ${firewall} link set v1 up
ip -n ${firewall} addr add 10.30.0.254/24 dev v2; ip -n ${firewall} link set v2 up
ip -n ${hosts} addr add 10.30.0.7/24 dev v3; ip -n ${hosts} link set v3 up
ip -n ${scanner} route add 10.30.0.0/24 via 10.20.0.1
ip -n ${hosts} route add default via 10.30.0.254
ip netns exec ${firewall} sysctl -qw net.ipv4.ip_forward=1 net.netfilter.nf_conntrack_tcp_loose=0
ip netns exec ${firewall} nft -f - <<END
table ip proxy {
  chain early {
    type filter hook prerouting priority -300; policy accept;
    iifname "v1" tcp dport 80 tcp flags syn notrack
  }
  chain through {
    type filter hook forward priority 0; policy accept;
    iifname "v1" tcp dport 80 ct state { invalid, untracked } synproxy mss 1460 wscale 7 timestamp sack-perm
    iifname "v1" tcp dport 80 ct state invalid drop
  }
}
END
`;

test("a SYN proxy that answers for hosts that do not exist is reported before them, and the real host is among them", async (t) => {
  const whyNot = whyNoLab();
  if (whyNot !== undefined) return t.skip(whyNot);
  using folder = temporaryFolder();
  t.after(() => {
    for (const name of [scanner, firewall, hosts]) run("ip", "netns", "del", name ?? "");
  });
  run("sh", "-ec", setUp);
  const program = `require("net").createServer((socket) => socket.on("error", () => {}).end()).listen([PORT], () => console.log("ready"))`;
  const servers = [80, 443].map((port) =>
    spawn("ip", ["netns", "exec", hosts ?? "", process.execPath, "-e", program.replace("[PORT]", String(port))], {
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  t.after(() => {
    for (const server of servers) server.kill();
  });
  await Promise.all(servers.map((server) => once(server.stdout, "data")));
  writeFileSync(
    path.join(folder.path, "harbinger.yaml"),
    "reports: { save_to_file: true }\nwatches: { web: { targets: [10.30.0.0/24], ports: [80, 443] } }\n",
  );
  const from = (...args: readonly string[]) =>
    execFileSync("ip", ["netns", "exec", scanner ?? "", process.execPath, launcher, ...args], {
      cwd: folder.path,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" },
      timeout: hangLimitMs,
      stdio: ["ignore", "pipe", "pipe"],
    });

  from("--mode", "cron");
  const reports = path.join(folder.path, "reports");
  const report = readFileSync(path.join(reports, readdirSync(reports)[0] ?? ""), "utf8");
  const doubt = report.search(
    /^web: 25\d of 256 addresses of 10\.30\.0\.0\/24 answer on port 80\. Perhaps a firewall/m,
  );
  assert.ok(doubt > 0 && doubt < report.indexOf("- New host"), report);
  assert.match(report, /^- New host: 10\.30\.0\.7, ports 80, 443$/m);
  assert.match(report, /^- New host: 10\.30\.0\.99, port 80$/m);
});

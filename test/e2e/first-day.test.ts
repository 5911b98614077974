import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { simpleParser } from "mailparser";
import { temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { createHomeNetwork, type HomeNetwork } from "../harness/home-network.ts";
import { launcherOf } from "../harness/launchers.ts";
import { whyNoLab } from "../harness/network.ts";

const launcher = launcherOf("harbinger");
const inboxProgram = fileURLToPath(new URL("../harness/inbox-process.ts", import.meta.url));

const ssh = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n";
const web = "HTTP/1.0 200 OK\r\nServer: nginx/1.22.1\r\n\r\nhello\n";

/** A home of thirteen hosts: open, refusing, silent, with two addresses, randomised, and one behind the router. */
const hosts = [
  { name: "scanner", mac: "52:54:00:00:00:02", addresses: ["192.168.50.2/24"] },
  { name: "router", mac: "e8:df:70:00:00:01", addresses: ["192.168.50.1/24"], ports: { 80: web } },
  { name: "nas", mac: "00:11:32:00:00:10", addresses: ["192.168.50.10/24"], ports: { 22: ssh, 80: web } },
  { name: "tv", mac: "8c:79:f5:00:00:11", addresses: ["192.168.50.11/24"], silent: true },
  { name: "printer", mac: "3c:d9:2b:00:00:20", addresses: ["192.168.50.20/24"], ports: { 631: web } },
  { name: "pi", mac: "b8:27:eb:00:00:30", addresses: ["192.168.50.30/24"], ports: { 22: ssh } },
  { name: "camera", mac: "44:19:b6:00:00:50", addresses: ["192.168.50.50/24"], ports: { 80: web } },
  { name: "phone", mac: "da:a1:19:00:00:60", addresses: ["192.168.50.60/24"] },
  { name: "laptop", mac: "f0:18:98:00:00:70", addresses: ["192.168.50.70/24", "192.168.50.71/24"] },
  { name: "desktop", mac: "d8:bb:c1:00:00:80", addresses: ["192.168.50.80/24"] },
  { name: "bulb", mac: "24:0a:c4:00:00:90", addresses: ["192.168.50.90/24"], silent: true },
  { name: "console", mac: "78:c8:81:00:00:a0", addresses: ["192.168.50.100/24"] },
];
const behindRouter = { name: "far", mac: "52:54:00:00:01:09", addresses: ["192.168.60.9/24"], ports: { 22: ssh } };

const unprivileged = [
  "--reuid",
  "65534",
  "--regid",
  "65534",
  "--clear-groups",
  "--inh-caps=-all",
  "--bounding-set=-all",
];

interface InboxEntry {
  readonly channel: "mail" | "ntfy";
  readonly raw?: string;
  readonly title?: string;
  readonly text?: string;
}

class FirstDay {
  readonly #home: HomeNetwork;
  readonly #folder: string;
  #read = 0;

  constructor(home: HomeNetwork, folder: string) {
    this.#home = home;
    this.#folder = folder;
  }

  harbinger(...args: string[]) {
    return this.#run([process.execPath, launcher, ...args]);
  }

  harbingerAsNobody(...args: string[]) {
    return this.#run(["setpriv", ...unprivileged, process.execPath, launcher, ...args]);
  }

  async #run([program = "", ...args]: readonly string[]) {
    const [command, all] = this.#home.command(program, args);
    const child = spawn(command, all, {
      cwd: this.#folder,
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: hangLimitMs,
    });
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "exit") as Promise<[number | null]>,
    ]);
    return { status, stdout, stderr };
  }

  /** What arrived since the last call: subject and text of mails, title and text of pushes. */
  async received(): Promise<{ readonly mail: string[]; readonly ntfy: string[]; readonly texts: string[] }> {
    const all = readFileSync(path.join(this.#folder, "inbox"), "utf8").split("\n").filter(Boolean);
    const received = { mail: [] as string[], ntfy: [] as string[], texts: [] as string[] };
    for (const line of all.slice(this.#read)) {
      const entry = JSON.parse(line) as InboxEntry;
      if (entry.channel === "ntfy") {
        received.ntfy.push(entry.title ?? "");
        received.texts.push(entry.text ?? "");
        continue;
      }
      const mail = await simpleParser(entry.raw ?? "");
      received.mail.push(mail.subject ?? "");
      received.texts.push(mail.text ?? "");
      assert.ok(typeof mail.html === "string", "reports have an HTML part");
    }
    this.#read = all.length;
    return received;
  }
}

describe("the first day on a home network", { skip: whyNoLab() ?? false, timeout: hangLimitMs, concurrency: 2 }, () => {
  test("is complete from the first run on, and reports devices that joined, ports that opened and devices that left, once each, by mail and ntfy", async () => {
    await using home = await createHomeNetwork(hosts, { behindRouter });
    using folder = temporaryFolder();
    writeFileSync(path.join(folder.path, "inbox"), "");
    const [program, args] = home.command(process.execPath, [inboxProgram, path.join(folder.path, "inbox")]);
    const inbox = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(inbox.stdout, "data");
      const day = new FirstDay(home, folder.path);
      const mail = ["--email", "me@example.org", "--smtp", "127.0.0.1:2525", "--from", "harbinger@example.org"];
      const ntfy = ["--ntfy", "home", "--ntfy-server", "http://127.0.0.1:8088"];
      const init = await day.harbinger("config", "init", "--no-decoy", ...mail, ...ntfy);
      assert.equal(init.status, 0, init.stderr);
      const check = await day.harbinger("config", "check");
      assert.deepEqual([check.status, check.stderr], [0, ""]);

      for (const run of [1, 2, 3]) {
        const { status, stderr } = await day.harbinger("--mode", "cron");
        assert.equal(status, 0, stderr);
        assert.doesNotMatch(stderr, /WARN|ERROR|partial/);
        const received = await day.received();
        assert.equal(received.mail.length, run === 1 ? 1 : 0, received.mail.join("\n"));
        assert.equal(received.ntfy.length, run === 1 ? 1 : 0, received.ntfy.join("\n"));
        if (run > 1) continue;
        assert.match(received.ntfy[0] ?? "", /^First scan: 11 new devices: 192\.168\.50\.1 \(AVM/);
        assert.match(received.texts.join("\n"), /first scan/);
      }
      assertDevices((await day.harbinger("devices", "--json")).stdout, hosts.slice(1));

      await home.join({ name: "visitor", mac: "9e:11:22:33:44:66", addresses: ["192.168.50.66/24"] });
      await home.open("nas", 8080, web);
      await home.leave("console");
      const received = { mail: [] as string[], ntfy: [] as string[], texts: [] as string[] };
      for (const run of [4, 5, 6]) {
        const { status, stderr } = await day.harbinger("--mode", "cron");
        assert.equal(status, 0, `run ${run}: ${stderr}`);
        const more = await day.received();
        received.mail.push(...more.mail);
        received.ntfy.push(...more.ntfy);
        received.texts.push(...more.texts);
      }
      assert.deepEqual(received.ntfy, [
        "1 new device: 192.168.50.66 (9e:11:22:33:44:66), 1 new port on 192.168.50.10: 8080",
        "1 device gone: 192.168.50.100 (Sony Interactive Entertainment Inc.)",
      ]);
      assert.deepEqual(
        received.mail,
        received.ntfy.map((title) => `Harbinger (Network): ${title}`),
      );
      assert.doesNotMatch(received.texts.join("\n"), /first scan/i);

      await day.harbinger("devices", "name", "9E-11-22-33-44-66", "Anna's phone");
      assert.equal((await day.harbinger("devices", "approve", "192.168.50.66")).status, 0);
      await home.leave("visitor");
      await day.harbinger("--mode", "cron");
      await day.harbinger("--mode", "cron");
      const last = await day.received();
      assert.deepEqual(last.ntfy, ["1 device gone: Anna's phone (192.168.50.66)"]);
    } finally {
      inbox.kill();
    }
  });

  test("finds the same devices without any privilege", async () => {
    await using home = await createHomeNetwork(hosts, { behindRouter });
    using folder = temporaryFolder();
    spawnSync("chmod", ["777", folder.path]);
    const day = new FirstDay(home, folder.path);
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      "watches: { lan: { targets: 192.168.50.0/24, ports: [22, 80, 631] } }\n",
    );
    const { status, stderr } = await day.harbingerAsNobody("--mode", "cron");
    assert.equal(status, 0, stderr);
    assertDevices((await day.harbingerAsNobody("devices", "--json")).stdout, hosts.slice(1));
  });
});

interface Listed {
  readonly mac: string;
  readonly vendor: string | null;
  readonly randomised: boolean;
  readonly addresses: readonly string[];
  readonly present: boolean;
}

/** Exactly these devices, by MAC address, with exactly their IPv4 addresses. */
function assertDevices(json: string, expected: readonly (typeof hosts)[number][]): void {
  const listed = json
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Listed);
  const ipv4 = (addresses: readonly string[]) => addresses.filter((address) => !address.includes(":")).sort();
  assert.deepEqual(
    listed.map(({ mac, addresses }) => `${mac} ${ipv4(addresses).join(" ")}`).sort(),
    expected
      .map(({ mac, addresses }) => `${mac} ${ipv4(addresses.map((each) => each.split("/")[0] ?? "")).join(" ")}`)
      .sort(),
  );
  assert.ok(listed.every(({ present }) => present));
  const of = (mac: string) => listed.find((device) => device.mac === mac);
  assert.equal(of("b8:27:eb:00:00:30")?.vendor, "Raspberry Pi Foundation");
  assert.deepEqual([of("da:a1:19:00:00:60")?.vendor, of("da:a1:19:00:00:60")?.randomised], [null, true]);
}

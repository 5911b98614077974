import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { z } from "zod";
import { findProgram } from "../../src/platform/programs.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { launcherOf } from "../harness/launchers.ts";
import { createLab, type Lab, whyNoLab } from "../harness/network.ts";
import { type OpenPort, openPort } from "../harness/open-port.ts";

const launcher = launcherOf("harbinger");

const finding = z.object({
  address: z.string(),
  port: z.number(),
  every_port: z.boolean().optional(),
  evidence: z.string().optional(),
});
const reportSchema = z.object({
  sections: z.array(
    z.object({ watch: z.string(), notes: z.array(z.string()), new: z.array(finding), gone: z.array(finding) }),
  ),
});

const skip = whyNoLab() ?? (findProgram("nmap") === undefined ? "nmap is not installed" : false);

function nft(lab: Lab, rules: readonly string[]): void {
  execFileSync("ip", ["netns", "exec", lab.target, "nft", "-f", "-"], {
    input: rules.join("\n"),
    stdio: ["pipe", "ignore", "inherit"],
  });
}

async function run(lab: Lab, directory: string, args: readonly string[]): Promise<string> {
  const [program, all] = lab.command(process.execPath, [launcher, ...args]);
  const { stdout } = await promisify(execFile)(program, all, {
    cwd: directory,
    timeout: hangLimitMs,
    maxBuffer: 2 ** 24,
  });
  return stdout;
}

/** One run of every watch. */
async function cron(lab: Lab, directory: string) {
  const reports = path.join(directory, "reports");
  rmSync(reports, { recursive: true, force: true });
  await run(lab, directory, ["--mode", "cron", "--quiet"]);
  const read = (suffix: string) => {
    const name = readdirSync(reports).find((each) => each.endsWith(suffix));
    assert.ok(name !== undefined);
    return readFileSync(path.join(reports, name), "utf8");
  };
  const { sections } = reportSchema.parse(JSON.parse(read(".json")));
  return { text: read(".txt"), sections: new Map(sections.map((section) => [section.watch, section])) };
}

const brief = (findings: readonly z.output<typeof finding>[] | undefined) =>
  findings?.map(({ address, port, every_port }) => `${address} ${port}${every_port === true ? " every" : ""}`);

describe("a host that answers on a thousand ports", { skip, timeout: hangLimitMs }, () => {
  test("is reported once with either scanner, and with its remaining ports when that ends", async () => {
    await using lab = await createLab({ prefix: 24 });
    using folder = temporaryFolder();
    const [one = "", many = "", other = ""] = lab.answering;
    nft(lab, [
      "table ip every {",
      "  chain early { type nat hook prerouting priority dstnat; policy accept;",
      `    ip daddr ${many} tcp dport 1-1000 redirect to :${lab.port}`,
      "  }",
      "}",
    ]);
    const configuration = `
reports: { save_to_file: true, directory: reports, json: true }
scan: { max_rate_per_host: unlimited, max_rate_per_network: unlimited }
watches:
  built-in: { label: Lab, ports: 1-1000, targets: [${one}, ${many}, ${other}], checks: [port], gone_after: 1 }
  nmap:
    label: Lab
    ports: 1-1000
    nmap_scan: "nmap -sS -n -Pn -T4 -p {port} ${one} ${many}"
    gone_after: 1
`;
    writeFileSync(path.join(folder.path, "harbinger.yaml"), configuration);

    const first = await cron(lab, folder.path);
    const builtIn = first.sections.get("built-in");
    assert.deepEqual(brief(builtIn?.new), [`${one} ${lab.port}`, `${many} 0 every`, `${other} ${lab.port}`]);
    assert.deepEqual(
      builtIn?.new.map(({ evidence }) => evidence !== undefined),
      [true, false, true],
    );
    const nmap = first.sections.get("nmap");
    assert.deepEqual(brief(nmap?.new), [`${one} ${lab.port}`, `${many} 0 every`]);
    assert.deepEqual(nmap?.notes, []);
    assert.ok(first.text.includes(`\n- New host: ${many}, every tried port answers`), first.text);

    const again = await cron(lab, folder.path);
    for (const section of again.sections.values()) assert.deepEqual([section.new, section.gone], [[], []]);
    const hosts = await run(lab, folder.path, ["hosts"]);
    assert.match(hosts, new RegExp(`^${many} +every +present`, "m"));
    const json = await run(lab, folder.path, ["hosts", many, "--json"]);
    assert.deepEqual(z.object({ port: z.literal(0), everyPort: z.literal(true) }).parse(JSON.parse(json)), {
      port: 0,
      everyPort: true,
    });

    nft(lab, ["delete table ip every"]);
    const last = await cron(lab, folder.path);
    for (const section of last.sections.values()) {
      assert.deepEqual(brief(section.new), [`${many} ${lab.port}`]);
      assert.deepEqual(brief(section.gone), [`${many} 0 every`]);
    }
  });
});

describe("harbinger scan", () => {
  test("shows a host on which every tried port answers as one line, and lists each port as JSON", async (t) => {
    if (process.platform !== "linux") return t.skip("needs all of 127.0.0.0/8, which only Linux has");
    using folder = temporaryFolder();
    const servers: OpenPort[] = [];
    try {
      for (let count = 0; count < 16; count++) servers.push(await openPort("127.79.0.9"));
      const ports = servers.map(({ port }) => port);
      await using other = await openPort("127.79.0.8", ports[0]);
      const args = ["scan", "127.79.0.8", "127.79.0.9", "-p", ports.join(",")];

      const table = await harbinger(args, { directory: folder.path });
      assert.equal(table.status, 0, table.stderr);
      const rows = table.stdout.trimEnd().split("\n").slice(1);
      assert.deepEqual(
        rows.map((row) => row.split(/ +/).slice(0, 3).join(" ")),
        [`127.79.0.8 ${other.port} open`, "127.79.0.9 every open"],
      );
      assert.match(table.stderr, /^every: all 16 scanned ports of that host answered/m);

      const json = await harbinger([...args, "--json"], { directory: folder.path });
      assert.equal(json.stdout.trimEnd().split("\n").length, 17);
    } finally {
      for (const server of servers) await server[Symbol.asyncDispose]();
    }
  });
});

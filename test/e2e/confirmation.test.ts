import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { z } from "zod";
import { findProgram } from "../../src/platform/programs.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { launcherOf } from "../harness/launchers.ts";
import { createLab, type Lab, whyNoLab } from "../harness/network.ts";

const launcher = launcherOf("harbinger");

const reportSchema = z.object({
  sections: z.array(
    z.object({
      status: z.string(),
      notes: z.array(z.string()),
      new: z.array(z.object({ address: z.string(), port: z.number() })),
    }),
  ),
});

const skip = whyNoLab() ?? (findProgram("nmap") === undefined ? "nmap is not installed" : false);

/**
 * Four hosts that nmap finds by half-open scan. Three of them are a middlebox that answers a scanner's SYN (nmap's has a
 * window of 1,024; no system's connect has) and not a real one: by a reset, by silence, by ICMP.
 */
function forge(lab: Lab, [closed = "", filtered = "", unreachable = ""]: readonly string[]): void {
  const real = "tcp flags & (syn | ack) == syn tcp window != 1024";
  execFileSync("ip", ["netns", "exec", lab.target, "nft", "-f", "-"], {
    input: [
      "table ip forged {",
      "  chain input { type filter hook input priority -10; policy accept;",
      `    ip daddr ${closed} ${real} reject with tcp reset`,
      `    ip daddr ${filtered} ${real} drop`,
      `    ip daddr ${unreachable} ${real} reject with icmp type host-unreachable`,
      "  }",
      "}",
    ].join("\n"),
    stdio: ["pipe", "ignore", "inherit"],
  });
}

async function scanByNmap(lab: Lab, scan: string) {
  using folder = temporaryFolder();
  writeFileSync(
    path.join(folder.path, "harbinger.yaml"),
    `
reports: { save_to_file: true, directory: reports, json: true }
${scan}
port_web:
  port: ${lab.port}
  label: Lab
  nmap_scan: "nmap -sS -n -Pn -T4 --max-retries 2 -p {port} --open ${lab.answering.join(" ")}"
`,
  );
  const [program, args] = lab.command(process.execPath, [launcher, "--mode", "cron", "--quiet"]);
  await promisify(execFile)(program, args, { cwd: folder.path, timeout: hangLimitMs });
  const reports = path.join(folder.path, "reports");
  const file = readdirSync(reports).find((name) => name.endsWith(".json"));
  assert.ok(file !== undefined);
  const [section] = reportSchema.parse(JSON.parse(readFileSync(path.join(reports, file), "utf8"))).sections;
  assert.ok(section !== undefined);
  return section;
}

describe("SYN-ACKs that a middlebox forges for a scanner", { skip, timeout: hangLimitMs }, () => {
  test("are not reported as hosts, and the report lists them", async () => {
    await using lab = await createLab({ prefix: 24 });
    const [real, ...forged] = lab.answering;
    forge(lab, forged);

    const section = await scanByNmap(lab, "");

    assert.equal(section.status, "complete");
    assert.deepEqual(section.new, [{ address: real, port: lab.port }]);
    assert.equal(section.notes.length, 1);
    const note = section.notes[0] ?? "";
    assert.match(note, /^3 of 4 open ports that nmap reported did not complete a handshake: /);
    assert.match(note, / \(not recorded; 1 closed, 1 filtered, 1 unreachable\)$/);
    for (const address of forged) assert.ok(note.includes(`${address}:${lab.port}`), note);
  });

  test("are probed at the pace that the caps allow", async () => {
    await using lab = await createLab({ prefix: 24 });
    const folder = path.join(import.meta.dirname, "../../src/outbound/scan");
    const program = `
      const { ConfirmingEngine } = await import(${JSON.stringify(path.join(folder, "confirm/confirming-engine.ts"))});
      const { scanLimitsSchema } = await import(${JSON.stringify(path.join(folder, "schema.ts"))});
      const named = ${JSON.stringify(lab.answering)}.map((address) => ({ address, port: ${lab.port}, unconfirmed: "half-open" }));
      const engine = {
        async scan(_job, observer) {
          await observer.sighted(named);
          return { status: "complete", engine: "nmap", coverage: { kind: "all" }, notes: [] };
        },
      };
      const confirming = new ConfirmingEngine({ engine, limits: scanLimitsSchema.parse({ max_rate_per_network: 4 }) });
      let found = 0;
      const startedAt = performance.now();
      await confirming.scan(
        { plan: { engine: "nmap", commandLine: "", timeoutMs: 1 }, ports: [${lab.port}] },
        { async sighted(batch) { found += batch.length; } },
        new AbortController().signal,
      );
      console.log(JSON.stringify({ found, ms: performance.now() - startedAt }));
    `;
    const [node, args] = lab.command(process.execPath, ["--input-type=module", "-e", program]);
    const { stdout } = await promisify(execFile)(node, args, { timeout: hangLimitMs });
    const { found, ms } = z.object({ found: z.number(), ms: z.number() }).parse(JSON.parse(stdout));
    assert.equal(found, 4);
    // Four per second to one network: the fourth is sent three quarters of a second after the first.
    assert.ok(ms >= 740, `${ms} ms`);
  });

  test("are reported if scan.confirm is off, or scope.exclude forbids probing", async () => {
    await using lab = await createLab({ prefix: 24 });
    forge(lab, lab.answering.slice(1));
    const addresses = lab.answering.map((address) => ({ address, port: lab.port }));

    const trusting = await scanByNmap(lab, "scan: { confirm: no }");
    assert.deepEqual(trusting.new, addresses);
    assert.deepEqual(trusting.notes, []);

    const excluding = await scanByNmap(lab, `scope: { exclude: [${lab.range}] }`);
    assert.deepEqual(excluding.new, addresses);
    assert.match(
      excluding.notes.join("\n"),
      /^4 open ports that nmap reported could not be confirmed, because scope\.ex/,
    );
  });
});

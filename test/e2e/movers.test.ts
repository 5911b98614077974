import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { findProgram } from "../../src/platform/programs.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { createMoversNetwork, type MoversNetwork, readMovers, whyNoMoversNetwork } from "../movers/network.ts";

const movers = readMovers();
const skip =
  movers === undefined
    ? "HARBINGER_VECTORS names no folder with the configuration of movers (movers/harbinger.yaml)"
    : whyNoMoversNetwork();

/** What the report shows under a host, by the section's number: helpers, curl and nmap; the others by their name. */
const expected: Readonly<Record<number, RegExp>> = {
  0: /^port is open\n[\s\S]*22\/tcp open +ssh/,
  1: /^port is open\nTLS not detected\nHTTP\/1\.1 200 OK/,
  2: /^port is open\nTLS detected\n1 certificate saved[\s\S]*\nHTTP\/1\.1 200 OK/,
  3: /^port is open\n[\s\S]*3389\/tcp open/,
  4: /^port is open\nTLS not detected\nKafka is accessible without authentication[\s\S]*\nVULNERABLE$/,
  5: /^port is open\nTLS detected\n1 certificate saved[\s\S]*\nKafka is accessible without authentication[\s\S]*\nVULNERABLE$/,
  6: /^port is open\nTLS not detected\nprotected: /,
  7: /^port is open\nTLS not detected\nexposed: [\s\S]*\nVULNERABLE$/,
  8: /^port is open\nTLS not detected\nprotected: /,
  9: /^port is open\nHTTP\/1\.1 200 OK/,
  10: /^port is open\nTLS detected\n1 certificate saved[\s\S]*\nHTTP\/1\.1 200 OK/,
  11: /^port is open\nHTTP\/1\.1 200 OK[\s\S]*all is well$/,
  13: /^port is open\nTLS detected\n1 certificate saved/,
  14: /^port is open\nHTTP\/1\.1 200 OK[\s\S]*all is well/,
  15: /name = host\.example\.org/,
};

/** Scripts whose servers there do not accept every client. */
const verdicts: Readonly<Record<string, string>> = {
  "karaf-ssh": "protected",
  "karaf-web": "protected",
  ignite: "inconclusive",
  derby: "protected",
  wildfly: "protected",
  weblogic: "protected",
  websphere: "protected",
  postgresql: "protected",
  mssql: "protected",
  mysql: "protected",
};

function expectedOfScript(postCommand: string, host: string, port: number): RegExp {
  const name = /^post_command\/([a-z0-9-]+)\.sh /.exec(postCommand)?.[1] ?? "";
  const verdict = verdicts[name] ?? "exposed";
  const announced = `Checking port ${port} on ${host}\\.\\.\\.\nport is open\nChecking for TLS\\.\\.\\.\nTLS not detected\nRunning ${name}\\.py\\.\\.\\.\n`;
  return new RegExp(`^${announced}${verdict}: [\\s\\S]*${verdict === "exposed" ? "\nVULNERABLE$" : ""}`);
}

describe("a configuration as large as those of the earlier tool's users, unchanged except for its targets", {
  skip,
}, () => {
  let network: MoversNetwork;
  before(async () => {
    network = await createMoversNetwork();
  });
  after(async () => {
    await network?.[Symbol.asyncDispose]();
  });

  test("has every post_command answered without Python, with exit status 0 and a verdict for each host", async () => {
    assert.ok(movers !== undefined);
    using folder = temporaryFolder();
    const programs = path.join(folder.path, "programs");
    mkdirSync(programs);
    for (const name of ["sh", "nmap", "curl", "nslookup"]) {
      const program = findProgram(name);
      assert.ok(program !== undefined, name);
      symlinkSync(program, path.join(programs, name));
    }
    const mail = path.join(programs, "mail");
    writeFileSync(mail, "#!/bin/sh\nwhile read -r line; do :; done\n");
    chmodSync(mail, 0o755);
    const sections = movers.text.split(/^(?=port_\w+:$)/m);
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      sections.map((section, at) => section.replaceAll("10.0.0.0/24", network.host(at - 1))).join(""),
    );
    const launcher = path.join(folder.path, "in-network.sh");
    const run = await inNetwork(launcher, programs, folder.path);
    assert.equal(run.status, 0, run.stderr);
    const reports = readdirSync(path.join(folder.path, "reports"))
      .map((file) => readFileSync(path.join(folder.path, "reports", file), "utf8"))
      .join("\n");
    const wrong: string[] = [];
    for (const { number, port, postCommand } of movers.sections) {
      const host = network.host(number);
      const evidence = evidenceUnder(host, reports);
      if (evidence === undefined) wrong.push(`${number}: ${host} ${port} is in no report`);
      else if (postCommand !== undefined) {
        const pattern = expected[number] ?? expectedOfScript(postCommand, host.replaceAll(".", "\\."), port);
        if (!pattern.test(evidence)) wrong.push(`${number}: ${postCommand}\n${evidence}\n(not ${String(pattern)})`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.doesNotMatch(reports, /\[Command |SCAN FAILED/);
  });

  /** A shell script that enters the namespace replaces the launcher's Node. */
  async function inNetwork(launcher: string, programs: string, directory: string) {
    writeFileSync(
      launcher,
      `#!/bin/sh\nexec ${findProgram("ip")} netns exec ${network.scanner} ${process.execPath} "$@"\n`,
    );
    chmodSync(launcher, 0o755);
    return await harbinger(["--mode", "cron"], {
      directory,
      node: launcher,
      environment: { PATH: programs, CURL_CA_BUNDLE: network.authorityFile },
    });
  }
});

/** The lines under a host's address, to the next host, section or end. */
function evidenceUnder(host: string, reports: string): string | undefined {
  const start = reports.indexOf(`\n${host}\n`);
  if (start < 0) return undefined;
  const rest = reports.slice(start + host.length + 2);
  return rest
    .slice(0, rest.search(/^(?:10\.31\.0\.\d+$|Port \d+ |Note: |This report|No new hosts|=====)|(?![\s\S])/m))
    .trim();
}

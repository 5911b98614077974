import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { openPort } from "../harness/open-port.ts";
import { runProgram } from "../harness/run-program.ts";
import { repository } from "./markdown.ts";
import { SampleTree, sampleBlocks } from "./sample-tree.ts";

const windows = process.platform === "win32" ? "the stand-in for masscan is a shell script" : false;

test("the engine that docs/extending-engine.md shows compiles, keeps the rules, and scans", {
  skip: windows,
}, async () => {
  const ownTest = "test/scan/engines.test.ts";
  using tree = new SampleTree({ besides: [ownTest] });
  using folder = temporaryFolder();
  const page = readFileSync(path.join(repository, "docs/extending-engine.md"), "utf8");
  await using open = await openPort("127.0.0.1");
  const closed = await (async () => {
    await using port = await openPort("127.0.0.1");
    return port.port;
  })();

  const files = tree.apply(sampleBlocks(page));

  assert.deepEqual(files, [
    "src/outbound/scan/masscan/engine.ts",
    "src/outbound/scan/masscan/masscan-engine.ts",
    "src/outbound/scan/engines.ts",
  ]);
  assert.equal(await tree.problems(files), "");
  const definitions = await runProgram(process.execPath, [ownTest], {
    directory: tree.folder,
    environment: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  assert.equal(definitions.status, 0, definitions.stdout);
  assert.match(definitions.stdout, /the engine masscan/);

  // Reports both ports as masscan prints them, and writes its arguments.
  const programs = path.join(folder.path, "programs");
  mkdirSync(programs);
  const answers = [open.port, closed].map(
    (port) => `{ "ip": "127.0.0.1", "timestamp": "1700000000", "ports": [ {"port": ${port}, "status": "open"} ] },`,
  );
  const script = `#!/bin/sh\necho "$@" > arguments\ncat <<'END'\n[\n${answers.join("\n")}\n]\nEND\n`;
  writeFileSync(path.join(programs, "masscan"), script, { mode: 0o755 });
  const environment = { PATH: `${programs}${path.delimiter}${process.env["PATH"]}` };
  const run = (...args: string[]) => harbinger(args, { directory: folder.path, launcher: tree.launcher, environment });
  const configure = (section: object) => {
    const watch = { ports: [open.port, closed], ...section };
    writeFileSync(path.join(folder.path, "harbinger.yaml"), JSON.stringify({ watches: { lan: watch } }));
  };

  configure({ masscan: { ranges: "127.0.0.1", rate: 500 } });
  const scanned = await run("--mode", "cron");
  assert.equal(scanned.status, 0, scanned.stderr);
  const ports = [open.port, closed].toSorted((a, b) => a - b);
  const sent = readFileSync(path.join(folder.path, "arguments"), "utf8");
  assert.match(sent, new RegExp(`^-p ${ports.join("[,-]")} --rate 500 -oJ - 127\\.0\\.0\\.1\n$`));
  const hosts = await run("hosts", "--json");
  const found = hosts.stdout
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  assert.deepEqual(
    found.map((host) => Object(host).port),
    [open.port],
    "the handshake confirms the open port only",
  );

  const doctor = await run("doctor", "--json");
  assert.ok(doctor.stdout.includes(path.join(programs, "masscan")), doctor.stdout);

  configure({ masscan: { ranges: "127.0.0.1", rat: 500 } });
  const mistyped = await run("config", "check");
  assert.equal(mistyped.status, 2, mistyped.stdout + mistyped.stderr);
  assert.match(mistyped.stdout + mistyped.stderr, /watches\.lan\.masscan\.rat: unknown key\. Did you mean "rate"\?/);
});

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";

function folderWith(schedule: string) {
  const folder = temporaryFolder();
  writeFileSync(
    path.join(folder.path, "harbinger.yaml"),
    `watches:
  always: { command: "echo 10.0.0.1", ports: 22 }
  seldom: { command: "echo 10.0.0.2", ports: "22,80", exclude_ports: 80, schedule: "${schedule}", only_on_schedule: true }
`,
  );
  return folder;
}

async function addresses(directory: string): Promise<string[]> {
  const { stdout } = await harbinger(["hosts", "--json"], { directory });
  return stdout
    .trim()
    .split("\n")
    .map((line) => {
      const { address, port } = JSON.parse(line) as { readonly address: string; readonly port: number };
      return `${address} ${port}`;
    });
}

describe("a watch with only_on_schedule", () => {
  test("is skipped by runs of cron mode until its scheduled time, then runs with the others", async () => {
    using folder = folderWith("@yearly");
    assert.equal((await harbinger(["--mode", "cron"], { directory: folder.path })).status, 0);
    assert.deepEqual(await addresses(folder.path), ["10.0.0.1 22"]);
    using often = folderWith("* * * * * *");
    await harbinger(["--mode", "cron"], { directory: often.path });
    assert.deepEqual(await addresses(often.path), ["10.0.0.1 22"], "it is known since a moment only");
    // A second has passed when the next process starts.
    for (let run = 0; run < 5 && (await addresses(often.path)).length < 2; run += 1) {
      assert.equal((await harbinger(["--mode", "cron"], { directory: often.path })).status, 0);
    }
    assert.deepEqual(await addresses(often.path), ["10.0.0.1 22", "10.0.0.2 22"]);
  });

  test("does not run at the first start", async () => {
    using folder = folderWith("@yearly");
    const running = startHarbinger(["run"], { directory: folder.path });
    await running.waitForOutput(/scan complete .*always/);
    running.process.kill("SIGTERM");
    await running.ended;
    assert.deepEqual(await addresses(folder.path), ["10.0.0.1 22"]);
  });

  test("needs a schedule, and exclude_ports must leave a port", async () => {
    using folder = folderWith("@yearly");
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `watches:
  a: { targets: 10.0.0.1, ports: 22, only_on_schedule: true }
  b: { targets: 10.0.0.1, ports: [22, 80], exclude_ports: "20-100" }
`,
    );
    const { status, stderr } = await harbinger(["config", "check"], { directory: folder.path });
    assert.equal(status, 2);
    assert.match(stderr, /harbinger\.yaml:2:\d+: .*only_on_schedule needs a schedule/);
    assert.match(stderr, /harbinger\.yaml:3:\d+: .*exclude_ports excludes every port/);
  });
});

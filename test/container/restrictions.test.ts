// The image alone, under the restrictions of the compose file.
import assert from "node:assert/strict";
import { chmodSync, chownSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { type ContainerHost, createContainerHost } from "../harness/container-host.ts";
import { containerImage, whyNoContainers } from "../harness/container-image.ts";
import { runProgram } from "../harness/run-program.ts";
import { smallDisk } from "../harness/small-disk.ts";
import { until } from "../web/running-web.ts";
import { restricted } from "./restricted.ts";

const image = whyNoContainers() === undefined ? await containerImage() : "";
const client = "203.0.113.40";

/** Without recipients: only the stored connections matter here. */
const quiet = ["--env", "PW_ENABLE_EMAIL=0", "--env", "PW_ENABLE_PUSH=0", "--env", "PW_RDNS_ENABLE=0"];
const portwatcher = ["--entrypoint", "portwatcher"];

/** Runs a container to its end. */
function run(host: ContainerHost, options: readonly string[], ...command: readonly string[]) {
  return host.podman("run", "--rm", "--network", "none", ...restricted, ...options, image, ...command);
}

/** Starts a long-running one, on the network of the host. Returns its name. */
async function start(host: ContainerHost, name: string, options: readonly string[]): Promise<string> {
  const container = `${host.prefix}_${name}`;
  const rest = [...restricted, ...quiet, ...portwatcher, ...options, image];
  await host.podmanWell("run", "--detach", "--name", container, "--network", "host", ...rest);
  await host.logged(container, "INFO: listening");
  return container;
}

function countIn(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    return Number(database.prepare("select count(*) as count from connections").get()?.["count"]);
  } finally {
    database.close();
  }
}

describe("the container image", { skip: whyNoContainers() ?? false }, () => {
  test("contains both programs and what they need, and no build tools", async () => {
    await using host = createContainerHost([]);
    const look = `id -u; pwd; echo $HOME; for name in harbinger portwatcher node npm npx gcc cc tsc git curl; do command -v $name; done
TZ=Europe/Berlin date +%Z; ls /etc/ssl/certs/ca-certificates.crt; find /opt/harbinger -name '*.ts' -not -path '*/node_modules/*'`;
    const { stdout, stderr } = await run(host, ["--entrypoint", "sh"], "-c", look);
    assert.match(
      stdout,
      /^10001\n\/var\/lib\/harbinger\n\/var\/lib\/harbinger\n\/usr\/local\/bin\/harbinger\n\/usr\/local\/bin\/portwatcher\n\/usr\/local\/bin\/node\nCES?T\n\/etc\/ssl\/certs\/ca-certificates\.crt\n$/,
      stderr,
    );
    assert.equal((await run(host, [], "--version")).stdout, (await run(host, portwatcher, "--version")).stdout);
    const labels = await host.podmanWell("image", "inspect", "--format", "{{json .Labels}}", image);
    assert.match(labels, /"org\.opencontainers\.image\.licenses":"GPL-3\.0-or-later"/);
    assert.match(labels, /"org\.opencontainers\.image\.version":"\d+\.\d+\.\d+"/);
    assert.match(labels, /"org\.opencontainers\.image\.created":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/);
  });

  test("ends with status 2 and the place of an error in the configuration", async () => {
    using folder = temporaryFolder();
    await using host = createContainerHost([]);
    const file = path.join(folder.path, "harbinger.yaml");
    writeFileSync(file, "wathces: {}\n");
    const wrong = await run(host, ["--volume", `${file}:/var/lib/harbinger/harbinger.yaml:ro`], "run");
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /harbinger\.yaml:1:1: wathces: unknown key\. Did you mean "watches"\?/);
    const port = await run(host, [...portwatcher, "--env", "PW_PORT=0"]);
    assert.equal(port.status, 2);
    assert.match(port.stderr, /PW_PORT: "0": expected a whole number from 1 to 65535/);
  });

  test("names the owner that a volume needs if its user cannot write to it", async () => {
    using folder = temporaryFolder();
    await using host = createContainerHost([]);
    chmodSync(folder.path, 0o755);
    const volume = ["--volume", `${folder.path}:/var/lib/harbinger`];
    const { status, stderr } = await run(host, volume, "run");
    assert.equal(status, 1);
    assert.match(stderr, /cannot open the database \/var\/lib\/harbinger\/harbinger\.db: EACCES/);
    assert.match(stderr, /user who owns the file and its folder/);
    // The earlier tool ran without its own folder, so this one does too.
    const container = await start(host, "elsewhere", volume);
    await host.logged(container, /\/var\/lib\/harbinger cannot be written by user 10001: .*chown 10001/);
    await host.podmanWell("exec", container, "portwatcher", "healthcheck");
  });

  test("keeps what was recorded when it is killed, even without a named volume", async () => {
    await using host = createContainerHost([client]);
    const container = await start(host, "killed", []);
    await runProgram(...host.outside("curl", "-s", "--interface", client, `http://${host.address}:1417/`));
    await host.logged(container, `"peer":"${client}:`);
    const folder = await host.podmanWell("inspect", "--format", "{{range .Mounts}}{{.Source}}{{end}}", container);
    // The line is written when a connection ends; it is recorded a little later, with others.
    await until("the connection is recorded", () => countIn(path.join(folder, "portwatcher.db")) === 1);
    await host.podmanWell("kill", "--signal", "KILL", container);
    await host.podmanWell("start", container);
    await host.logged(container, "INFO: listening", 2);
    await host.podmanWell("stop", "--time", "10", container);
    await using store = await openStore({ location: path.join(folder, "portwatcher.db"), thread: "caller" });
    assert.equal(await store.connections.count(), 1);
  });

  test("is unhealthy if its volume is full, and healthy again when there is room", async (t) => {
    await using host = createContainerHost([]);
    using folder = temporaryFolder();
    using disk = smallDisk(t, folder.path);
    if (disk === undefined) return;
    chownSync(disk.path, 10_001, 10_001);
    const container = await start(host, "full", ["--volume", `${disk.path}:/var/lib/harbinger`]);
    const check = () => host.podman("exec", container, "portwatcher", "healthcheck");
    assert.equal((await check()).status, 0);
    disk.fill();
    const full = await check();
    assert.equal(full.status, 1);
    assert.match(full.stdout, /^unhealthy\n[\s\S]*^bad {2}database: /m);
    disk.empty();
    assert.match((await check()).stdout, /^healthy\n/);
    await host.podmanWell("stop", "--time", "10", container);
    assert.notEqual((await check()).status, 0);
  });
});

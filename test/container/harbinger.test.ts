// Harbinger with the compose file, on a separate network and on that of the host.
import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { temporaryFolder } from "../harness/cli.ts";
import { type ContainerHost, createContainerHost } from "../harness/container-host.ts";
import { containerImage, whyNoContainers } from "../harness/container-image.ts";
import { runWell } from "../harness/run-program.ts";
import { serviceOptions } from "./compose-service.ts";
import { restricted } from "./restricted.ts";
import { serveOutside } from "./serve-outside.ts";

const deploy = path.join(import.meta.dirname, "..", "..", "deploy");
const neighbour = "203.0.113.30";

const configuration = `watches: { lab: { targets: [203.0.113.28/30], ports: [8080], label: Lab, schedule: "0 0 1 1 *" } }
reports: { save_to_file: true }
listeners: { decoy: { ports: 1417 } }
scope: { allow: [203.0.113.0/24] }
alerts: { notify: [] }
devices: { names: false }
`;

/** Starts the service and waits for the report of its first scan. Returns the name of the container. */
async function start(host: ContainerHost, folder: string): Promise<string> {
  copyFileSync(path.join(deploy, "compose.yaml"), path.join(folder, "compose.yaml"));
  for (const name of [".env", "geoipupdate.env"]) writeFileSync(path.join(folder, name), "");
  writeFileSync(path.join(folder, "harbinger.yaml"), configuration);
  const image = await containerImage();
  const service = `services:\n  harbinger: { image: "${image}", ulimits: { nproc: 4096 } }\n`;
  writeFileSync(path.join(folder, "test.yaml"), service);
  // podman-compose of Debian 12 does not support profiles: naming the service is enough for it.
  const up = await host.compose(folder, ["compose.yaml", "test.yaml"], "up", "-d", "--no-build", "harbinger");
  assert.equal(up.status, 0, up.stderr);
  const container = `${host.prefix}_harbinger_1`;
  await host.logged(container, "delivered");
  return container;
}

describe("harbinger with the compose file", { skip: whyNoContainers() ?? false }, () => {
  test("scans, reports and remembers on its volume, is healthy, and shuts down gracefully", async () => {
    using folder = temporaryFolder();
    await using host = createContainerHost([neighbour]);
    await using _server = await serveOutside(host, neighbour, 8080);
    const container = await start(host, folder.path);
    await host.podmanWell("healthcheck", "run", container);
    await host.podmanWell("stop", "--time", "10", container);
    assert.equal(await host.podmanWell("inspect", "--format", "{{.State.ExitCode}}", container), "0");

    const file = path.join(folder.path, "harbinger.yaml");
    const state = "/var/lib/harbinger";
    const volume = [
      "--volume",
      `${host.prefix}_harbinger-state:${state}`,
      "--volume",
      `${file}:${state}/harbinger.yaml:ro`,
    ];
    const image = await containerImage();
    const look = (program: string, ...args: readonly string[]) =>
      host.podmanWell(
        "run",
        "--rm",
        "--network",
        "none",
        ...restricted,
        ...volume,
        "--entrypoint",
        program,
        image,
        ...args,
      );
    assert.match(await look("harbinger", "hosts", "--json"), /"address":"203\.0\.113\.30"/);
    assert.match(await look("sh", "-c", "cat reports/*"), /203\.0\.113\.30/);
  });

  test("finds devices by ARP on the network of the host, with the capabilities of the second file", async () => {
    using folder = temporaryFolder();
    await using host = createContainerHost([neighbour]);
    const file = path.join(folder.path, "harbinger.yaml");
    writeFileSync(file, configuration);
    // podman-compose of Debian 12 cannot combine network_mode with its own network.
    const options = serviceOptions("harbinger", ["compose.yaml", "compose.host-network.yaml"]);
    assert.ok(options.includes("--network=host") && options.includes("--cap-add=NET_RAW"), options.join(" "));
    const container = `${host.prefix}_harbinger`;
    const mounts = [
      "--volume",
      `${file}:/var/lib/harbinger/harbinger.yaml:ro`,
      "--ulimit",
      "nofile=4096",
      "--ulimit",
      "nproc=4096:4096",
    ];
    await host.podmanWell("run", "--detach", "--name", container, ...options, ...mounts, await containerImage());
    // Devices are recorded after the scan is complete, and before its report.
    await host.logged(container, "delivered");
    const doctor = await host.podmanWell("exec", container, "harbinger", "doctor");
    assert.match(doctor, /^ok +devices: by own ARP and neighbour discovery packets \(CAP_NET_RAW\)$/m);
    const [command, args] = host.outside("cat", "/sys/class/net/eth0/address");
    const mac = (await runWell(command, args)).stdout.trim();
    const devices = await host.podmanWell("exec", container, "harbinger", "devices", "--json");
    const found = devices.split("\n").map((line) => JSON.parse(line) as { mac: string; addresses: readonly unknown[] });
    assert.equal(found.find(({ addresses }) => JSON.stringify(addresses).includes(neighbour))?.mac, mac, devices);
  });
});

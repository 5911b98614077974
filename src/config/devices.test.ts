import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import type { Config } from "./config.ts";
import { loadText } from "./load.ts";
import { formatProblem } from "./problems.ts";
import { showConfig } from "./show.ts";

const interfaces = {
  eth0: [
    {
      address: "192.168.50.1",
      netmask: "255.255.255.0",
      family: "IPv4" as const,
      mac: "52:54:00:00:00:01",
      internal: false,
      cidr: "192.168.50.1/24",
    },
  ],
};

function outcome(text: string, files: readonly string[] = []) {
  return loadText(text, "/etc/hb/a.yaml", {
    file: "/etc/hb/a.yaml",
    explicit: true,
    environment: {},
    interfaces,
    fileExists: (file) => files.includes(file),
  });
}

function load(text: string): Config {
  const loaded = outcome(text);
  assert.ok(loaded.kind === "config", loaded.kind === "invalid" ? loaded.problems.map(formatProblem).join("\n") : "");
  return loaded.config;
}

function warnings(text: string, files: readonly string[] = []): readonly string[] {
  return outcome(text, files).warnings.map(({ path, message }) => `${path}: ${message}`);
}

function problems(text: string): string {
  const loaded = outcome(text);
  return loaded.kind === "invalid" ? loaded.problems.map(formatProblem).join("\n") : "";
}

const lan = "watches: { lan: { targets: 192.168.50.0/24, ports: 22 } }";

/** Names of the watches that look for devices. */
function looking(text: string): readonly string[] {
  return load(text).watches.flatMap(({ name, devices }) => (devices === true ? name : []));
}

describe("watches that look for devices", () => {
  const all = `
port_ssh: { port: 22, targets: 192.168.50.0/24 }
port_nmap: { port: 22, nmap_scan: "nmap -p {port} 192.168.50.0/24" }
watches:
  lan: { targets: 192.168.50.0/24, ports: 22 }
  program: { command: "echo", ports: 22 }
`;

  test("are by default all entries of watches with targets, and no port sections, so files of the earlier tool are unaffected", () => {
    assert.deepEqual(looking(all), ["lan"]);
    assert.deepEqual(looking(`${all}devices: { enabled: auto }`), ["lan"]);
  });

  test("are all or none with targets if the section devices sets it", () => {
    assert.deepEqual(looking(`${all}devices: { enabled: true }`), ["port_ssh", "lan"]);
    assert.deepEqual(looking(`${all}devices: { enabled: false }`), []);
  });

  test("follow the setting of the watch first", () => {
    assert.deepEqual(looking("port_a: { port: 22, targets: 192.168.50.1, devices: true }"), ["port_a"]);
    assert.deepEqual(
      looking(`devices: { enabled: false }\nwatches: { a: { ports: 1, targets: [::1], devices: true } }`),
      ["a"],
    );
    assert.deepEqual(looking("watches: { a: { ports: 1, targets: [::1], devices: false } }"), []);
  });

  test("need targets", () => {
    assert.match(
      problems("watches: { a: { ports: 1, command: echo, devices: true } }"),
      /a\.devices: devices needs targets/,
    );
    assert.match(
      problems('port_a: { port: 1, nmap_scan: "nmap", devices: true }'),
      /a\.devices: devices needs targets/,
    );
  });
});

describe("the section devices", () => {
  test("has defaults, which are shown", () => {
    const config = load(lan);
    assert.deepEqual(config.devices, {
      goneAfter: 2,
      leaseFiles: [],
      queriesNames: true,
      arp: "auto",
      audience: undefined,
    });
    const shown = parse(showConfig(config), { version: "1.1" });
    assert.deepEqual(shown.devices, { enabled: "auto", gone_after: 2, lease_files: [], names: true, arp: "auto" });
  });

  test("gives devices separate recipients as soon as it names one", () => {
    const { devices } = load(`${lan}\ndevices: { email: "Ann <ann@example.org>" }\nemail: { smtp_server: m }`);
    assert.deepEqual(
      [devices.audience?.name, devices.audience?.label, devices.audience?.recipients],
      ["devices", "Devices", ["ann@example.org"]],
    );
    assert.equal(load(`${lan}\ndevices: { label: Home }`).devices.audience?.label, "Home");
    const pushed = `${lan}\nnotify: { ntfy: { topic: t } }\ndevices: { notify: ntfy }`;
    assert.deepEqual(load(pushed).devices.audience?.notify, ["ntfy"]);
    assert.match(problems(`${lan}\ndevices: { notify: nfty }`), /devices\.notify: no channel is named "nfty"/);
    const taken = "watches: { devices: { targets: 192.168.50.0/24, ports: 22 } }";
    assert.equal(load(taken).watches.length, 1);
    assert.match(problems(`${taken}\ndevices: { label: Home }`), /watches\.devices: .*rename it/);
  });

  test("is strict", () => {
    assert.match(problems(`${lan}\ndevices: { leases: [a] }`), /devices/);
    assert.match(problems(`${lan}\ndevices: { arp: true }`), /devices\.arp/);
    assert.match(problems(`${lan}\ndevices: { gone_after: 0 }`), /devices\.gone_after/);
  });

  test("resolves lease files beside the configuration, and warns about a missing one", () => {
    const text = `${lan}\ndevices: { lease_files: [leases, /var/leases] }`;
    assert.deepEqual(load(text).devices.leaseFiles, ["/etc/hb/leases", "/var/leases"]);
    assert.deepEqual(warnings(text, ["/etc/hb/leases"]), ['devices.lease_files[1]: "/var/leases": no such file now']);
  });
});

describe("warnings about devices", () => {
  test("report a watch that looks for devices where none can be found", () => {
    const far = (targets: string) => warnings(`watches: { a: { targets: ${targets}, ports: 22, devices: true } }`);
    assert.deepEqual(far("10.0.0.0/8"), [
      "watches.a.devices: no target is on a network of this machine now, so no device can be found",
    ]);
    for (const targets of ["192.168.50.7", "192.168.0.0/16", "nas.lan", "[10.0.0.1, 192.168.50.9]"]) {
      assert.deepEqual(far(targets), [], targets);
    }
    assert.deepEqual(warnings("watches: { a: { targets: 10.0.0.0/8, ports: 22 } }"), [], "nobody asked for them");
  });

  test("report recipients that receive nothing", () => {
    const idle = "port_a: { port: 22, targets: 192.168.50.1 }\ndevices: { email: a@example.org }";
    assert.deepEqual(warnings(idle), [
      "devices: no watch looks for devices: give one targets on a network of this machine, and devices: true",
      "devices.email: no mail can be sent without an email section; reports are kept as files",
    ]);
  });
});

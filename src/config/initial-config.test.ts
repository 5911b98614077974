import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import os, { type NetworkInterfaceInfo } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { HarbingerError } from "../core/errors.ts";
import { initialConfig, writeInitialConfig } from "./initial-config.ts";
import { loadText } from "./load.ts";
import { localNetworks } from "./local-networks.ts";

function ipv4(cidr: string, internal = false): NetworkInterfaceInfo {
  return { address: cidr.split("/")[0] ?? "", netmask: "", family: "IPv4", mac: "", internal, cidr };
}

const loopback = { lo: [ipv4("127.0.0.1/8", true)] };

function targetsIn(text: string): readonly string[] {
  const outcome = loadText(text, "harbinger.yaml", { file: undefined, explicit: true, environment: {} });
  assert.ok(outcome.kind === "config", JSON.stringify(outcome));
  assert.deepEqual(outcome.warnings, []);
  const targets = outcome.config.watches.map(({ scan }) => (scan.engine === "connect" ? scan.targets : []));
  for (const other of targets) assert.deepEqual(other, targets[0]);
  return targets[0] ?? [];
}

describe("localNetworks", () => {
  it("finds private networks, each once, and leaves public addresses and loopback out", () => {
    const found = localNetworks({
      ...loopback,
      eth0: [ipv4("192.168.1.77/24"), ipv4("203.0.113.9/24")],
      wlan0: [ipv4("192.168.1.78/24"), ipv4("100.64.3.4/20")],
    });
    assert.deepEqual(
      found.map((network) => network.cidr),
      ["192.168.1.0/24", "100.64.0.0/20"],
    );
  });

  it("proposes only the own /24 of a network larger than /16", () => {
    assert.deepEqual(localNetworks({ eth0: [ipv4("10.4.5.6/8")] }), [
      { cidr: "10.4.5.0/24", interfaceName: "eth0", virtual: false, partOf: "10.0.0.0/8" },
    ]);
    assert.equal(localNetworks({ eth0: [ipv4("172.16.9.1/16")] })[0]?.cidr, "172.16.0.0/16");
  });
});

describe("initialConfig", () => {
  it("scans the networks that were found", () => {
    const text = initialConfig({
      interfaces: { ...loopback, eth0: [ipv4("192.168.1.77/24")], eth1: [ipv4("10.4.5.6/8")] },
    });
    assert.deepEqual(targetsIn(text), ["192.168.1.0/24", "10.4.5.0/24"]);
    assert.match(text, /part of 10\.0\.0\.0\/8, which is too large/);
  });

  it("names networks of containers and leaves them out", () => {
    const text = initialConfig({ interfaces: { docker0: [ipv4("172.17.0.1/16")], eth0: [ipv4("10.0.0.5/24")] } });
    assert.deepEqual(targetsIn(text), ["10.0.0.0/24"]);
    assert.match(text, /# - 172\.17\.0\.0\/16 +# docker0 \(inside this machine\)/);
  });

  it("looks at loopback on a machine without a private network", () => {
    assert.deepEqual(targetsIn(initialConfig({ interfaces: loopback })), ["127.0.0.1", "::1"]);
    assert.deepEqual(targetsIn(initialConfig({ interfaces: {} })), ["127.0.0.1", "::1"]);
  });

  it("loads on this machine", () => {
    assert.ok(targetsIn(initialConfig({ interfaces: os.networkInterfaces() })).length > 0);
  });

  it("has examples that load as soon as their comment marks are taken away", () => {
    const text = initialConfig({ interfaces: loopback }).replace(/^# (?=\w+:| {2})/gm, "");
    const outcome = loadText(text, "harbinger.yaml", {
      file: undefined,
      explicit: true,
      environment: {},
      readFile: () => Buffer.from("https://chat.example.org/hook"),
    });
    assert.ok(outcome.kind === "config", JSON.stringify(outcome));
    const { config } = outcome;
    assert.deepEqual(
      config.listeners.map(({ ports }) => ports),
      [[2222, 3389]],
    );
    assert.deepEqual(config.alerts.recipients, ["security@example.org"]);
    assert.deepEqual([config.ntfy?.topic, Object.keys(config.webhooks)], ["a-topic-that-is-hard-to-guess", ["chat"]]);
    assert.equal(config.email?.kind, "smtp");
  });

  it("survives an interface with a strange name", () => {
    assert.deepEqual(targetsIn(initialConfig({ interfaces: { "a\n- b: #": [ipv4("10.0.0.5/24")] } })), ["10.0.0.0/24"]);
  });
});

describe("writeInitialConfig", () => {
  it("writes a file for its owner only, and never over another", () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-init-"));
    try {
      const file = path.join(folder, "harbinger.yaml");
      writeInitialConfig(file, "first");
      if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.throws(
        () => writeInitialConfig(file, "second"),
        (error) => error instanceof HarbingerError && error.code === "config" && /was not touched/.test(error.message),
      );
      assert.equal(readFileSync(file, "utf8"), "first");
      assert.throws(
        () => writeInitialConfig(path.join(folder, "no", "h.yaml"), "x"),
        (error) => error instanceof HarbingerError && error.code === "permission",
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

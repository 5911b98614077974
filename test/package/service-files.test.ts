// Service files, as far as they can be checked without their own system.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { loadConfig } from "../../src/config/load.ts";
import { readPortwatcherEnvironment } from "../../src/config/portwatcher-environment.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { parseStoreLocation } from "../../src/store/location.ts";
import { runWell } from "../harness/run-program.ts";

const deploy = path.join(import.meta.dirname, "..", "..", "deploy");
const file = (...names: readonly string[]) => path.join(deploy, ...names);
const text = (...names: readonly string[]) => readFileSync(file(...names), "utf8");
const whyNot = (program: string) => (findProgram(program) === undefined ? `${program} is not installed` : false);

describe("the files of the Debian package", () => {
  test("have a configuration without errors, which sends packets to this machine only and writes into their folders", () => {
    const outcome = loadConfig({ file: file("debian", "harbinger.yaml"), explicit: true, environment: {} });
    assert.ok(outcome.kind === "config", JSON.stringify(outcome));
    assert.deepEqual(outcome.warnings, []);
    const { config } = outcome;
    assert.deepEqual(
      config.watches.map(({ name }) => name),
      ["this-machine"],
    );
    assert.match(text("debian", "harbinger.yaml"), /^ {4}targets: \[127\.0\.0\.1, "::1"\]$/m);
    assert.equal(config.store.location, "sqlite:/var/lib/harbinger/harbinger.db");
    assert.equal(config.reports.directory, "/var/lib/harbinger/reports");
    assert.equal(config.logging.file, "/var/log/harbinger/harbinger.log");
  });

  test("have an environment that portwatcher accepts", () => {
    const lines = text("debian", "portwatcher.env")
      .split("\n")
      .filter((line) => /^[A-Z]/.test(line));
    const environment = Object.fromEntries(lines.map((line) => line.split("=", 2)));
    const outcome = readPortwatcherEnvironment(environment, { readFile: () => Buffer.alloc(0) });
    assert.ok(outcome.kind === "settings", JSON.stringify(outcome));
    assert.equal(outcome.settings.store, "/var/lib/portwatcher/portwatcher.db");
  });

  test("have scripts that shellcheck accepts", { skip: whyNot("shellcheck") }, async () => {
    await runWell(
      "shellcheck",
      ["postinst", "prerm", "postrm"].map((name) => file("debian", name)),
    );
  });
});

describe("a drop-in", () => {
  test("gives the capabilities that it allows, and names its place", () => {
    for (const unit of ["harbinger.service.d", "portwatcher.service.d"]) {
      for (const name of readdirSync(file("systemd", unit))) {
        const lines = text("systemd", unit, name);
        const allowed = /^CapabilityBoundingSet=(.+)$/m.exec(lines)?.[1];
        assert.ok(allowed?.startsWith("CAP_"), name);
        assert.equal(/^AmbientCapabilities=(.+)$/m.exec(lines)?.[1], allowed, name);
        assert.ok(lines.includes(`/etc/systemd/system/${unit}/`), name);
      }
    }
  });
});

describe("the property list for macOS", { skip: whyNot("python3") }, () => {
  test("is valid, and restarts the program after a failure", async () => {
    const read = "import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], 'rb'))))";
    const { stdout } = await runWell("python3", ["-c", read, file("macos", "org.harbinger.harbinger.plist")]);
    const list: unknown = JSON.parse(stdout);
    assert.ok(typeof list === "object" && list !== null && "Label" in list && "KeepAlive" in list && "Umask" in list);
    assert.equal(list.Label, "org.harbinger.harbinger");
    assert.deepEqual(list.KeepAlive, { SuccessfulExit: false });
    assert.equal(list.Umask, 0o077);
  });
});

describe("the rc script for FreeBSD", { skip: whyNot("shellcheck") }, () => {
  test("is a POSIX shell script, and has the lines that rcorder needs", async () => {
    await runWell("sh", ["-n", file("freebsd", "harbinger")]);
    await runWell("shellcheck", [file("freebsd", "harbinger")]);
    assert.match(
      text("freebsd", "harbinger"),
      /^# PROVIDE: harbinger\n# REQUIRE: LOGIN NETWORKING\n# KEYWORD: shutdown\n/m,
    );
  });
});

describe("the task for Windows", { skip: whyNot("xmllint") }, () => {
  const value = async (name: string) => {
    const query = `string(//*[local-name()="${name}"])`;
    const { stdout } = await runWell("xmllint", ["--xpath", query, file("windows", "harbinger-task.xml")]);
    return stdout.trim();
  };

  test("is XML, and runs without privileges from system start, without a time limit", async () => {
    assert.equal(await value("UserId"), "S-1-5-19");
    assert.equal(await value("RunLevel"), "LeastPrivilege");
    assert.equal(await value("ExecutionTimeLimit"), "PT0S");
    assert.equal(await value("MultipleInstancesPolicy"), "IgnoreNew");
  });

  test("has no placeholder that the script does not fill in", () => {
    const names = new Set([...text("windows", "harbinger-task.xml").matchAll(/@([A-Z]+)@/g)].map(([, name]) => name));
    const filled = /foreach \(\$name in @\{(.+?)\}/.exec(text("windows", "install.ps1"))?.[1] ?? "";
    assert.deepEqual([...names].sort(), [...filled.matchAll(/([A-Z]+) =/g)].map(([, name]) => name).sort());
  });
});

describe("a path with a drive letter", () => {
  test("is a file, with and without sqlite: before it", () => {
    for (const place of ["C:\\ProgramData\\Harbinger\\harbinger.db", "C:/ProgramData/Harbinger/harbinger.db"]) {
      for (const written of [place, `sqlite:${place}`]) {
        const location = parseStoreLocation(written, "/");
        assert.ok(location.kind === "sqlite" && location.file.endsWith(place), written);
      }
    }
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadConfig, loadText } from "./load.ts";

const work = { file: "/etc/h.yaml", explicit: true, environment: {}, workFolder: "/var/lib/h" };
const watch = "watches: { a: { targets: 10.0.0.1, ports: 1 } }\n";

function load(text: string, environment: Readonly<Record<string, string>> = {}) {
  const outcome = loadText(watch + text, "/etc/h.yaml", { ...work, environment });
  assert.ok(outcome.kind === "config", JSON.stringify(outcome));
  return outcome.config;
}

describe("files written with the configuration of the machine", () => {
  test("is in the folder of the service, and is shown there", () => {
    const config = load("logging: { connections: lines.json }\n");
    assert.equal(config.store.location, "sqlite:/var/lib/h/harbinger.db");
    assert.equal(config.reports.directory, "/var/lib/h/reports");
    assert.equal(config.logging.file, "/var/lib/h/harbinger.log");
    assert.equal(config.logging.connections?.path, "/var/lib/h/lines.json");
    const again = loadText(JSON.stringify(config.shown), "other.yaml", { ...work, file: "other.yaml" });
    assert.deepEqual(again.kind === "config" && again.config.store, config.store);
    const elsewhere = loadText(JSON.stringify(config.shown), "x", { file: "x", explicit: true, environment: {} });
    assert.ok(elsewhere.kind === "config");
    assert.deepEqual([elsewhere.config.store, elsewhere.config.logging], [config.store, config.logging]);
  });

  test("stays unchanged if it is an absolute path, not a file, or from the environment", () => {
    const whole = load(
      "store: { location: sqlite:/data/a.db }\nreports: { directory: /r }\nlogging: { file: false }\n",
    );
    assert.deepEqual(
      [whole.store.location, whole.reports.directory, whole.logging.file],
      ["sqlite:/data/a.db", "/r", undefined],
    );
    assert.equal(load("store: postgres://u@db/h\n").store.location, "postgres://u@db/h");
    assert.equal(load("store: a.db\n", { HARBINGER_STORE: "sqlite:b.db" }).store.location, "sqlite:b.db");
  });

  test("is found if the configuration has an error elsewhere", () => {
    const outcome = loadText(`${watch}store: a.db\nnothing: 1\n`, "/etc/h.yaml", work);
    assert.ok(outcome.kind === "invalid");
    assert.deepEqual(outcome.store, { location: "sqlite:/var/lib/h/a.db" });
  });

  test("is shown with the remedy for another user, if the file is not readable", () => {
    const readFile = () => {
      throw Object.assign(new Error("no"), { code: "EACCES" });
    };
    const printed = (options: object) => {
      const outcome = loadConfig({ ...work, readFile, ...options });
      return outcome.kind === "invalid" ? outcome.problems[0]?.message : undefined;
    };
    assert.match(printed({}) ?? "", /^cannot be read: permission denied; .*sudo -u harbinger harbinger/);
    assert.equal(printed({ workFolder: undefined }), "cannot be read: permission denied");
  });
});

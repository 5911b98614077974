import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { configJsonSchema, keysAt } from "../../src/config/json-schema.ts";
import { loadText } from "../../src/config/load.ts";
import { showConfig } from "../../src/config/show.ts";
import { silentLog } from "../../src/core/log.ts";
import { OwnPorts } from "../../src/core/own-ports.ts";
import { engines } from "../../src/outbound/scan/engines.ts";
import { ConnectBudget } from "../../src/outbound/scan/handshake/connect-budget.ts";
import { defaultScanLimits } from "../../src/outbound/scan/schema.ts";
import { defaultScope } from "../../src/outbound/scan/targets/scope.ts";
import { systemClock } from "../../src/platform/system-clock.ts";

/** What every engine gets from its entry in scan/engines.ts. */

function load(entry: string) {
  return loadText(`watches:\n  lan:\n    ports: 22\n    ${entry}\n`, "harbinger.yaml", {
    file: undefined,
    explicit: true,
    environment: {},
    readFile: () => Buffer.from(""),
  });
}

function loaded(entry: string) {
  const outcome = load(entry);
  assert.ok(outcome.kind === "config", JSON.stringify(outcome));
  const [watch] = outcome.config.watches;
  assert.ok(watch !== undefined);
  return { outcome, watch };
}

function problemsOf(entry: string): string {
  const outcome = load(entry);
  assert.equal(outcome.kind, "invalid");
  return outcome.kind === "invalid" ? outcome.problems.map(({ message }) => message).join("\n") : "";
}

test("names and keys of engines are all different", () => {
  const names = engines.map(({ name }) => name);
  const keys = engines.map(({ key }) => key);
  assert.equal(new Set(names).size, names.length);
  assert.equal(new Set(keys).size, keys.length);
  for (const name of names) assert.match(name, /^[a-z][a-z0-9-]{0,30}$/);
  assert.ok(!names.includes("none"));
});

test("a watch without an engine is rejected with the keys of all engines", () => {
  const problems = problemsOf("label: x");
  for (const { key } of engines) assert.ok(problems.includes(key), problems);
});

for (const engine of engines) {
  describe(`the engine ${engine.name}`, () => {
    test("has a sample that a watch loads without a warning, and that becomes a plan for it", () => {
      const { outcome, watch } = loaded(engine.sample);

      assert.equal(watch.scan.engine, engine.name);
      assert.deepEqual(outcome.warnings, []);
    });

    test("is shown by harbinger config show in a form that loads again", () => {
      const { outcome, watch } = loaded(engine.sample);

      const shown = showConfig(outcome.config);

      const again = loadText(shown, "harbinger.yaml", {
        file: undefined,
        explicit: true,
        environment: {},
        readFile: () => Buffer.from(""),
      });
      assert.ok(again.kind === "config");
      assert.deepEqual(again.config.watches[0]?.scan, watch.scan);
    });

    test("has a key in the schema for editors", () => {
      assert.ok(keysAt(configJsonSchema(), ["watches", "lan"]).includes(engine.key));
      assert.ok(keysAt(configJsonSchema(), ["port_22"]).includes(engine.key));
    });

    test("cannot be combined with another engine", () => {
      for (const other of engines) {
        if (other === engine) continue;
        const problems = problemsOf(`${engine.sample}\n    ${other.sample}`);
        assert.match(problems, /give either \w+ or \w+, not both/);
      }
    });

    test("is created", async () => {
      const created = await engine.create({
        clock: systemClock,
        log: silentLog,
        limits: defaultScanLimits,
        scope: defaultScope,
        budget: new ConnectBudget({ limits: defaultScanLimits }),
        own: () => new OwnPorts([], () => false),
        anyEngine: { scan: () => assert.fail("no scan was started") },
      });
      assert.equal(typeof created.scan, "function");
    });

    test("can be checked by doctor", () => {
      const { watch } = loaded(engine.sample);
      for (const { state, subject, finding } of engine.diagnose?.([{ watch: watch.name, plan: watch.scan }]) ?? []) {
        assert.ok(["ok", "warning", "bad"].includes(state));
        assert.ok(subject !== "" && finding !== "");
      }
    });
  });
}

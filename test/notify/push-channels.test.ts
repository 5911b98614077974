import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { configJsonSchema, keysAt } from "../../src/config/json-schema.ts";
import { loadText } from "../../src/config/load.ts";
import { showConfig } from "../../src/config/show.ts";
import { madeChannels, pushForm, pushTargets } from "../../src/daemon/channels.ts";
import { pushChannels } from "../../src/notify/channels.ts";
import { pushPath } from "../../src/notify/push-sections.ts";

/** What every push channel gets from its entry in notify/channels.ts alone. */

const secret = "s3cret-0123456789";

function load(text: string) {
  return loadText(text, "harbinger.yaml", {
    file: undefined,
    explicit: true,
    environment: {},
    readFile: () => Buffer.from(secret),
  });
}

function loaded(text: string) {
  const outcome = load(text);
  assert.ok(outcome.kind === "config", JSON.stringify(outcome));
  return outcome.config;
}

test("names and keys of push channels are all different, and none is that of another channel", () => {
  const names = ["mail", "file", ...pushChannels.map(({ name }) => name)];
  assert.equal(new Set(names).size, names.length);
  const keys = pushChannels.map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
  for (const name of names) assert.match(name, /^[a-z][a-z0-9-]{0,30}$/);
});

for (const definition of pushChannels) {
  const config = () => loaded(`notify:\n  ${definition.sample}\n`);

  describe(`the push channel ${definition.name}`, () => {
    test("has a sample that loads, and makes a channel with a name that notify lists can use", () => {
      const [section] = config().pushSections;
      assert.equal(section?.channel, definition.name);
      const watch = `watches: { lan: { targets: 10.0.0.1, ports: 1, notify: ["${section.name}"] } }\n`;

      const withWatch = loaded(`notify:\n  ${definition.sample}\n${watch}`);

      const target = pushTargets(withWatch).get(section.name);
      assert.deepEqual(target, { channel: definition.name, recipient: section.name });
      const { channels, from } = madeChannels(withWatch, { now: () => 0, monotonic: () => 0, sleep: async () => {} });
      assert.ok(channels[definition.name] !== undefined);
      assert.ok(from[definition.name] !== undefined);
      assert.ok(pushForm(target, withWatch).maxTextBytes >= 100);
    });

    test("rejects an unknown key with its place and the nearest name", () => {
      const [section] = config().pushSections;
      assert.ok(section !== undefined);
      const path = pushPath(section);
      const [known = ""] = keysAt(configJsonSchema(), path);
      const given: unknown = parse(`notify:\n  ${definition.sample}\n`);
      const mistyped = path.reduce<unknown>((value, key) => Object(value)[key], given);
      Object.assign(Object(mistyped), { [`${known}x`]: "1" });

      const outcome = load(JSON.stringify(given));

      assert.ok(outcome.kind === "invalid");
      const problem = outcome.problems.find(({ message }) => message.includes(`Did you mean "${known}"`));
      assert.ok(problem !== undefined, JSON.stringify(outcome.problems));
      assert.deepEqual([problem.source, problem.line], ["harbinger.yaml", 1]);
      assert.ok((problem.column ?? 0) > 1);
    });

    test("has a description for itself and for each key", () => {
      const [section] = config().pushSections;
      assert.ok(section !== undefined);
      const schema = pushPath(section).reduce<object>(
        (value, key) => Object(Object(value).properties)[key] ?? Object(value).additionalProperties,
        configJsonSchema(),
      );
      assert.match(String(Object(schema).description), /^[A-Z].*\.$/);
      for (const [key, property] of Object.entries(Object(Object(schema).properties))) {
        assert.match(String(Object(property).description), /^\S.*\.$/, key);
      }
    });

    test("shows no secret in config show", () => {
      const keys = keysAt(configJsonSchema(), pushPath(config().pushSections[0] ?? { channel: "", name: "" }));
      const secrets = keys.filter((key) => keys.includes(`${key}_file`));
      assert.ok(secrets.length > 0, "a push channel without any secret can be used by everybody");
      const shown = showConfig(config());
      for (const value of secretsOf(config().pushSections[0]?.section, secrets))
        assert.ok(!shown.includes(value), value);
    });
  });
}

function secretsOf(section: unknown, keys: readonly string[]): string[] {
  return Object.entries(Object(section)).flatMap(([key, value]) =>
    keys.includes(key) && value !== undefined ? [String(value)] : [],
  );
}

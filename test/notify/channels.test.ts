import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { configJsonSchema, keysAt } from "../../src/config/json-schema.ts";
import { loadText } from "../../src/config/load.ts";
import { showConfig } from "../../src/config/show.ts";
import { createChannels, messageForm, pushTargets } from "../../src/daemon/channels.ts";
import type { ChannelDefinition } from "../../src/notify/channel-definition.ts";
import { sectionPath } from "../../src/notify/channel-sections.ts";
import { channels } from "../../src/notify/channels.ts";

/** What every channel gets from its entry in notify/channels.ts. */

const clock = { now: () => 0, monotonic: () => 0, sleep: async () => {} };
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

/** The sample as a whole configuration. */
function sampleOf({ path, sample }: ChannelDefinition): string {
  return path[0] === "notify" ? `notify:\n  ${sample}\n` : `${sample}\n`;
}

test("names and sections of channels are all different", () => {
  const names = channels.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  const places = channels.map(({ path }) => path.join("."));
  assert.equal(new Set(places).size, places.length);
  for (const name of names) assert.match(name, /^[a-z][a-z0-9-]{0,30}$/);
});

for (const definition of channels) {
  const { name, path, recipients } = definition;
  const config = () => loaded(sampleOf(definition));
  const ownSection = () => {
    const found = config().channels.find(({ channel }) => channel === name);
    assert.ok(found !== undefined);
    return found;
  };

  describe(`the channel ${name}`, () => {
    test("has a sample that loads and makes a channel", () => {
      const { channels: made, inputs } = createChannels(config(), { clock });

      assert.ok(made[name] !== undefined);
      assert.ok(inputs[name] !== undefined);
      const form = messageForm({ channel: name, recipient: ownSection().name }, config());
      assert.ok(form.kind !== "short" || form.maxTextBytes >= 100);
    });

    test("has a section under notify if and only if notify lists name its recipients", () => {
      assert.equal(path[0] === "notify", recipients === "notify");
      if (recipients !== "notify") return;
      const { name: recipient } = ownSection();
      const watch = `watches: { lan: { targets: 10.0.0.1, ports: 1, notify: ["${recipient}"] } }\n`;

      const withWatch = loaded(`${sampleOf(definition)}${watch}`);

      assert.deepEqual(pushTargets(withWatch).get(recipient), { channel: name, recipient });
    });

    test("rejects an unknown key with its place and the nearest name", () => {
      const place = sectionPath(ownSection());
      const [known = ""] = keysAt(configJsonSchema(), place);
      const given: unknown = parse(sampleOf(definition));
      const mistyped = place.reduce<unknown>((value, key) => Object(value)[key], given);
      Object.assign(Object(mistyped), { [`${known}x`]: "1" });

      const outcome = load(JSON.stringify(given));

      assert.ok(outcome.kind === "invalid");
      const problem = outcome.problems.find(({ message }) => message.includes(`Did you mean "${known}"`));
      assert.ok(problem !== undefined, JSON.stringify(outcome.problems));
      assert.deepEqual([problem.source, problem.line], ["harbinger.yaml", 1]);
      assert.ok((problem.column ?? 0) > 1);
    });

    test("has a description for itself and for each key", () => {
      const schema = sectionPath(ownSection()).reduce<object>(
        (value, key) => Object(Object(value).properties)[key] ?? Object(value).additionalProperties,
        configJsonSchema(),
      );
      assert.match(String(Object(schema).description), /^[A-Z].*\.$/);
      for (const [key, property] of Object.entries(Object(Object(schema).properties))) {
        assert.match(String(Object(property).description), /^\S.*\.$/, key);
      }
    });

    test("shows no secret in config show", () => {
      const { section } = ownSection();
      const keys = keysAt(configJsonSchema(), sectionPath(ownSection()));
      const secrets = keys.filter((key) => keys.includes(`${key}_file`));
      if (recipients !== "none") assert.ok(secrets.length > 0, "a channel without any secret can be used by anyone");
      const shown = showConfig(config());
      for (const value of secretsOf(section, secrets)) assert.ok(!shown.includes(value), value);
    });
  });
}

function secretsOf(section: unknown, keys: readonly string[]): string[] {
  return Object.entries(Object(section)).flatMap(([key, value]) =>
    keys.includes(key) && value !== undefined ? [String(value)] : [],
  );
}

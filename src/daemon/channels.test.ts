import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Config } from "../config/config.ts";
import { loadText } from "../config/load.ts";
import { alertRoutes, allPushTargets, pushTargets } from "./channels.ts";

function load(alerts: string): Config {
  const text = `notify:
  ntfy: { topic: my-topic }
  webhooks: { slack: { url: "https://hooks.example.org/x" }, own: { url: "https://own.example.org/" } }
listeners: { decoy: { ports: 2222 } }
alerts: ${alerts}
`;
  const outcome = loadText(text, "harbinger.yaml", { file: undefined, explicit: true, environment: {} });
  assert.ok(outcome.kind === "config", JSON.stringify(outcome));
  return outcome.config;
}

describe("channels that push", () => {
  test("are named ntfy, with the topic in the configuration, or by the webhook's name", () => {
    const config = load("{}");
    assert.deepEqual(Object.fromEntries(pushTargets(config)), {
      ntfy: { channel: "ntfy", recipient: "ntfy" },
      slack: { channel: "webhook", recipient: "slack" },
      own: { channel: "webhook", recipient: "own" },
    });
    assert.equal(allPushTargets(config).length, 3);
  });

  test("all get alerts, unless alerts.notify chooses", () => {
    const mail = { channel: "mail", recipients: ["me@example.org"] };
    const ntfy = { channel: "ntfy", recipients: ["ntfy"] };
    assert.deepEqual(alertRoutes(load("{ email: me@example.org }")), [
      mail,
      ntfy,
      { channel: "webhook", recipients: ["slack", "own"] },
    ]);
    assert.deepEqual(alertRoutes(load("{ notify: own }")), [{ channel: "webhook", recipients: ["own"] }]);
    assert.deepEqual(alertRoutes(load("{ notify: [ntfy] }")), [ntfy]);
    assert.deepEqual(alertRoutes(load("{ email: me@example.org, notify: [] }")), [mail]);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LoadOutcome, loadText } from "./load.ts";
import { showConfig } from "./show.ts";

const channels = "notify: { ntfy: { topic: t }, webhooks: { slack: { url: 'https://hooks.example.org/x' } } }\n";

function load(text: string): LoadOutcome {
  return loadText(text, "harbinger.yaml", { file: undefined, explicit: true, environment: {} });
}

function problems(text: string): string[] {
  const outcome = load(text);
  assert.equal(outcome.kind, "invalid");
  return outcome.kind === "invalid"
    ? outcome.problems.map(({ line, column, path, message }) => `${line}:${column}: ${path}: ${message}`)
    : [];
}

function warnings(text: string): string[] {
  return load(text).warnings.map(({ path, message }) => `${path}: ${message}`);
}

function watchWith(notify: string): string {
  return `watches: { lan: { ports: 1, targets: 10.0.0.1, notify: ${notify} } }\n`;
}

describe("notify of a watch", () => {
  test("names ntfy and webhooks, as a list or with commas, in both kinds of watch", () => {
    for (const text of [
      watchWith("[ntfy, slack]"),
      watchWith("'ntfy, slack'"),
      "port_a: { port: 1, command: c, notify: [ntfy, slack, slack] }\n",
    ]) {
      const outcome = load(channels + text);
      assert.ok(outcome.kind === "config");
      assert.deepEqual(outcome.config.watches[0]?.notify, ["ntfy", "slack"]);
    }
  });

  test("is empty by default", () => {
    const outcome = load("port_a: { port: 1, command: c }\n");
    assert.ok(outcome.kind === "config");
    assert.deepEqual(outcome.config.watches[0]?.notify, undefined);
  });

  test("is rejected with the place and the nearest name if no channel has the name", () => {
    assert.deepEqual(problems(channels + watchWith("[ntfy, slak]")), [
      '2:63: watches.lan.notify[1]: no channel is named "slak". Did you mean "slack"?',
    ]);
    assert.deepEqual(problems(channels + watchWith("pagers")), [
      '2:56: watches.lan.notify: no channel is named "pagers". Configured channels: ntfy, slack.',
    ]);
    assert.deepEqual(problems(channels + watchWith("mail")), [
      "2:56: watches.lan.notify: mail is sent to the addresses in email; list only channels of the section notify here",
    ]);
  });

  test("is rejected if its channel is not configured", () => {
    assert.deepEqual(problems(watchWith("[ntfy, slack]")), [
      "1:57: watches.lan.notify[0]: ntfy is not configured; add it under notify: ntfy: { topic: my-hard-to-guess-topic }",
      '1:63: watches.lan.notify[1]: no channel is named "slack". Add it under notify.webhooks.',
    ]);
  });

  test("is rejected if two channels have the name", () => {
    const two = "notify: { ntfy: { topic: t }, webhooks: { ntfy: { url: 'https://hooks.example.org/x' } } }\n";
    assert.match(
      problems(two + watchWith("ntfy")).join(),
      /notify\.ntfy and notify\.webhooks\.ntfy have the same name; rename the entry notify\.webhooks\.ntfy/,
    );
  });
});

describe("alerts.notify", () => {
  test("chooses among the channels, with the same checks", () => {
    const outcome = load(`${channels}alerts: { notify: slack }\n${watchWith("ntfy")}`);
    assert.ok(outcome.kind === "config");
    assert.deepEqual(outcome.config.alerts.notify, ["slack"]);
    assert.deepEqual(problems(`${channels}alerts: { notify: [slac] }\n`), [
      '2:20: alerts.notify[0]: no channel is named "slac". Did you mean "slack"?',
    ]);
  });
});

describe("a channel that receives nothing", () => {
  const message = "nothing is sent there: name it in notify of a watch";

  test("is a warning", () => {
    assert.deepEqual(warnings(channels + watchWith("slack")), [`notify.ntfy: ${message}`]);
    assert.deepEqual(warnings(channels + watchWith("[]")), [
      `notify.ntfy: ${message}`,
      `notify.webhooks.slack: ${message}`,
    ]);
  });

  test("is not a warning if it receives alerts", () => {
    const decoy = "listeners: { decoy: { ports: 2222 } }\n";
    assert.deepEqual(warnings(channels + decoy), []);
    assert.deepEqual(warnings(`${channels}${decoy}alerts: { notify: ntfy }\n`), [`notify.webhooks.slack: ${message}`]);
    // An empty list is a decision; two unused channels are not.
    assert.deepEqual(warnings(`${channels}${decoy}alerts: { notify: [] }\n`), [
      `notify.ntfy: ${message}`,
      `notify.webhooks.slack: ${message}`,
    ]);
  });
});

describe("a channel that receives alerts only", () => {
  const decoy = "listeners: { decoy: { ports: 2222 } }\n";
  const push = "notify: { ntfy: { topic: t } }\n";

  test("is a warning if there are watches and none of them names a channel", () => {
    assert.deepEqual(warnings(`${push}${decoy}watches: { lan: { targets: 192.168.1.0/24, ports: 22 } }\n`), [
      "notify.ntfy: alerts of decoys are sent there, reports of watches are not: add notify: [ntfy] to a watch",
    ]);
  });

  test("is not a warning if a watch or alerts names it", () => {
    assert.deepEqual(warnings(push + decoy + watchWith("ntfy")), []);
    assert.deepEqual(warnings(`${push}${decoy}alerts: { notify: ntfy }\n${watchWith("[]")}`), []);
  });
});

describe("config show", () => {
  test("does not make a watch push reports without changes by filling in report_on", () => {
    const outcome = load(`notify: { ntfy: { topic: t } }\n${watchWith("ntfy")}`);
    assert.ok(outcome.kind === "config");
    // The topic is a secret: the shown configuration needs it filled in again.
    const again = load(showConfig(outcome.config).replaceAll("********", "t"));
    assert.ok(again.kind === "config");
    assert.deepEqual(again.config.watches, outcome.config.watches);
    assert.equal(again.config.watches[0]?.alwaysPush, undefined);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadText } from "./load.ts";
import { formatProblem } from "./problems.ts";

const quiet = { file: undefined, explicit: true, environment: {}, fileExists: () => true };

function warnings(text: string): string[] {
  return loadText(text, "harbinger.yaml", quiet).warnings.map(formatProblem);
}

function problems(text: string): string[] {
  const outcome = loadText(text, "harbinger.yaml", quiet);
  return outcome.kind === "invalid" ? outcome.problems.map(formatProblem) : [];
}

describe("a configuration of decoys alone", () => {
  test("is complete if alerts have a recipient", () => {
    const messages = [
      "alerts: { email: me@example.org }\nemail: { smtp_server: m }",
      "notify: { ntfy: { topic: t } }",
      "notify: { webhooks: { mine: { url: 'https://example.org/x' } } }",
    ];
    for (const way of messages) assert.deepEqual(warnings(`listeners: { decoy: { ports: 22 } }\n${way}`), [], way);
  });

  test("warns if alerts have no recipient", () => {
    assert.deepEqual(warnings("listeners: { decoy: { ports: 22 } }"), [
      "harbinger.yaml:1:1: listeners: no alerts will be sent: set alerts.email or a channel under notify; alerts.notify: [] if recording is enough",
    ]);
  });

  test("has no warning if the list of channels is empty on purpose", () => {
    assert.deepEqual(warnings("listeners: { decoy: { ports: 22 } }\nalerts: { notify: [] }"), []);
  });

  test("has a warning if a banner looks like a misspelt name, and none if it is a text", () => {
    const banner = (text: string) =>
      warnings(`listeners: { decoy: { ports: 25, banner: "${text}" } }\nalerts: { notify: [] }`);
    assert.match(
      banner("smpt").join(),
      /^harbinger\.yaml:1:42: listeners\.decoy\.banner: clients get the text "smpt": no banner has this name \(ssh, smtp/,
    );
    for (const text of ["smtp", "220 mail ESMTP\\r\\n", "login: ", ""]) assert.deepEqual(banner(text), [], text);
  });

  test("has a warning if mail is configured but cannot be sent", () => {
    assert.deepEqual(warnings("listeners: { decoy: { ports: 22 } }\nalerts: { email: me@example.org }"), [
      "harbinger.yaml:2:11: alerts.email: no mail can be sent without an email section",
    ]);
  });
});

describe("ports that two listeners share", () => {
  const both = (one: string, other: string) =>
    problems(`listeners:\n  one: { ports: 20-30, ${one} }\n  other: { ports: [22, 80], ${other} }\n`);

  test("are an error if their hosts overlap, with the name of the first one", () => {
    const expected = [
      "harbinger.yaml:3:12: listeners.other.ports: one already uses port 22; change the ports or the host of one of them",
    ];
    assert.deepEqual(both("host: 127.0.0.1", "host: [10.0.0.1, 127.0.0.1]"), expected);
    assert.deepEqual(both("banner: x", "host: 127.0.0.1"), expected);
    assert.deepEqual(both("host: 127.0.0.1", "host: 0.0.0.0"), expected);
    assert.deepEqual(both("host: '::'", "host: '::1'"), expected);
  });

  test("are not an error if they do not", () => {
    assert.deepEqual(both("host: 127.0.0.1", "host: 127.0.0.2"), []);
    assert.deepEqual(both("host: 0.0.0.0", "host: '::'"), []);
    assert.deepEqual(problems("listeners: { a: { ports: 22 }, b: { ports: 23 } }"), []);
  });
});

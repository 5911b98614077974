import assert from "node:assert/strict";
import { test } from "node:test";
import { loadText } from "../../config/load.ts";
import { describeChanges } from "./describe-changes.ts";

function configuration(text: string) {
  const outcome = loadText(text, "harbinger.yaml", { file: "harbinger.yaml", explicit: true, environment: {} });
  if (outcome.kind === "invalid") throw new Error(JSON.stringify(outcome.problems));
  return outcome.config;
}

const changes = (before: string, after: string) => describeChanges(configuration(before), configuration(after));

test("watches, listeners and sections that changed are named, with their keys", () => {
  const before = `watches:
  lan: { targets: [10.0.0.0/24], ports: 22 }
  old: { targets: [10.0.0.1], ports: 22 }
listeners:
  decoy: { ports: "22-24" }
  same: { ports: 99 }
alerts: { cooldown: 30m }
`;
  const after = `watches:
  lan: { targets: [10.0.0.0/25], ports: [22, 80] }
  new: { targets: [10.0.0.1], ports: 22 }
listeners:
  decoy: { ports: [22, 2222, 24], banner: ssh }
  same: { ports: 99 }
  other: { ports: 1000-1002 }
alerts: { cooldown: 1h }
port_ssh: { port: 22, command: "echo 10.0.0.1", email: ann@example.org }
`;
  const described = changes(before, after);
  assert.deepEqual(
    new Set(described),
    new Set([
      "watch lan: ports, targets",
      "watch old: removed",
      "watch new: new",
      "watch port_ssh: new",
      "listener decoy: + port 2222, - port 23, banner",
      "listener other: new, ports 1000-1002",
      "alerts: cooldown",
    ]),
  );
});

test("a changed secret is reported without its value", () => {
  const mail = (password: string) =>
    `port_ssh: { port: 22, command: "echo 10.0.0.1" }\nemail: { smtp_server: mail.example.org, username: ann, password: ${password}, from_address: ann@example.org }\n`;
  assert.deepEqual(changes(mail("first-secret"), mail("second-secret")), ["email: a secret"]);
});

test("the order of entries is not a change", () => {
  assert.deepEqual(
    changes("listeners: { a: { ports: 1 }, b: { ports: 2 } }\n", "listeners: { b: { ports: 2 }, a: { ports: 1 } }\n"),
    [],
  );
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { loadText } from "./load.ts";
import { showConfig } from "./show.ts";

const options = { file: "harbinger.yaml", explicit: true, environment: {} };

function shown(text: string, environment = {}): string {
  const outcome = loadText(text, "harbinger.yaml", { ...options, environment });
  assert.ok(outcome.kind === "config", JSON.stringify(outcome));
  return showConfig(outcome.config);
}

describe("showConfig", () => {
  test("fills in every default", () => {
    const values = parse(shown("port_ssh: { port: 22, command: c }"));
    assert.equal(values.standalone.report_time, "08:00");
    assert.equal(values.logging.level, "INFO");
    assert.equal(values.scan.max_rate, 15_000);
    assert.deepEqual(values.reports, { save_to_file: false, directory: "reports", json: false, html: true });
    assert.deepEqual(values.port_ssh, {
      port: 22,
      command: "c",
      gone_after: 2,
      label: "Port_22",
      report_on: "always",
    });
  });

  test("masks secrets from all sources, and passwords in URLs", () => {
    const text =
      "email: { smtp_server: m, username: u }\nstore: 'postgres://u:opensesame@h/d'\nport_a: {port: 1, command: c}";
    const output = shown(text, { HARBINGER_EMAIL_PASSWORD: "hunter2" });
    assert.doesNotMatch(output, /hunter2|opensesame/);
    assert.equal(parse(output).email.password, "********");
    assert.equal(parse(output).store, "postgres://u:********@h/d");
  });

  test("gives a file that loads to the same configuration again", () => {
    const text = `
email: { smtp_server: m, username: 'on' }
reports: { save_to_file: yes, directory: "2026-01-01" }
standalone: { report_time: 14:30 }
scan: { max_rate: unlimited }
scope: { allow: [203.0.113.0/24] }
port_a: { port: "22", label: '0x10', port_label: 'yes', nmap_scan: "nmap -p {port} # 'x' \\"y\\": z" }
watches: { w: { ports: [1, 3-5], targets: "10.0.0.1, 10.0.0.2", label: '022', email: "a@b, c@d" } }
`;
    const first = loadText(text, "harbinger.yaml", options);
    assert.ok(first.kind === "config");
    const second = loadText(showConfig(first.config), "harbinger.yaml", options);
    assert.ok(second.kind === "config");
    assert.deepEqual(second.config, first.config);
  });

  test("names its file", () => {
    assert.match(shown("port_a: {port: 1, command: c}"), /^# Effective configuration of "harbinger.yaml"/);
  });
});

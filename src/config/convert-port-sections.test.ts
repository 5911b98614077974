import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { convertPortSections } from "../compat/convert-port-sections.ts";
import { loadText } from "./load.ts";

const options = { file: undefined, explicit: true, environment: {} };

function watchesOf(text: string) {
  const outcome = loadText(text, "harbinger.yaml", options);
  assert.ok(outcome.kind === "config");
  return outcome.config.watches.map(({ reportStyle: _, ...watch }) => watch);
}

const old = `# Whose network this is.
email: { smtp_server: mail.example.org }

# All that speaks SSH.
port_ssh:
  port: 22          # the usual one
  label: "Network Security"
  port_label: SSH
  email: security@example.org
  nmap_scan: "nmap -p {port} --open 192.168.1.0/24"

port_web:
  port: "8080"
  command: ./find.sh {port}
reports: { save_to_file: true }
`;

test("sections become entries under the same names, and comments stay", () => {
  const form = convertPortSections(old);
  assert.ok(form.kind === "text");
  assert.deepEqual(form.moved, ["port_ssh", "port_web"]);
  assert.equal(
    form.text,
    `# Whose network this is.
email: { smtp_server: mail.example.org }

watches:
  # All that speaks SSH.
  port_ssh:
    ports: 22 # the usual one
    label: "Network Security"
    port_label: SSH
    email: security@example.org
    nmap_scan: "nmap -p {port} --open 192.168.1.0/24"

  port_web:
    ports: "8080"
    command: ./find.sh {port}
    label: Port_8080
reports: { save_to_file: true }
`,
  );
  assert.deepEqual(watchesOf(form.text), watchesOf(old));
});

test("entries that are there already stay in front", () => {
  const form = convertPortSections(`${old}watches:\n  lan: { targets: 10.0.0.0/8, ports: 443 }\n`);
  assert.ok(form.kind === "text");
  assert.deepEqual(
    watchesOf(form.text).map(({ name }) => name),
    ["lan", "port_ssh", "port_web"],
  );
});

test("a file without such sections is left as it is", () => {
  for (const text of ["watches: { lan: { targets: 10.0.0.0/8, ports: 443 } }\n", "", "[1]", "port_x: 3\n"]) {
    assert.equal(convertPortSections(text).kind, "none");
  }
});

test("a file whose aliases would mean something else afterwards is left as it is", () => {
  const section = (name: string, rest: string) => `port_${name}:\n  port: 22\n  nmap_scan: "nmap 10.0.0.1"\n${rest}`;
  const common = "email: &common { smtp_server: a.example }\n";
  const used = "  email: *common\n";
  for (const [kind, text] of [
    ["text", common + section("a", "") + section("b", used)],
    ["none", section("a", "") + common + section("b", used)],
    // The anchor is set twice: the section's alias means the second, and would then mean the first.
    ["none", `x: &common {}\n${section("a", "")}${common}${section("b", used)}`],
    ["none", section("a", used)],
  ] as const) {
    assert.equal(convertPortSections(text).kind, kind, text);
  }
});

test("any text is read without an exception", () => {
  const part = fc.constantFrom(
    "port_a:\n",
    "  port: 22\n",
    "watches:\n",
    "  x: &a {}\n",
    "<<: *a\n",
    "- ",
    "# c\n",
    ": ",
    "{",
    "}",
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(part, fc.string())).map((parts) => parts.join("")),
      (text) => {
        convertPortSections(text);
      },
    ),
    {
      examples: [
        ["port_a:\n  ? "],
        ["port_a:\n- <<: *a\n"],
        ["port_a:\n  x: *a\nwatches:\n  x: &a {}\n"],
        ["<<: *a\nport_a:\n  x: &a {}\n"],
      ],
    },
  );
});

test("a configuration of many sections means the same afterwards", () => {
  const sections = Array.from(
    { length: 48 },
    (_, index) => `port_${index}:
  port: ${1000 + index}
  label: "Team ${index % 5}"
  ${index % 3 === 0 ? "# a file only" : "email: team@example.org"}
  ${index % 2 === 0 ? 'nmap_scan: "nmap -p {port} --open 10.0.0.0/24"' : 'command: "find.sh {port} > /dev/null && cat out"'}
  post_command: "python post_command/port_check.py {host} {port} && nmap -sV -p {port} {host}"
`,
  );
  const text = sections.join("\n");
  const form = convertPortSections(text);
  assert.ok(form.kind === "text");
  assert.deepEqual(watchesOf(form.text), watchesOf(text));
});

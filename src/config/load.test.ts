import assert from "node:assert/strict";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { mailSettings } from "../../test/config/mail-settings.ts";
import { equalFacts } from "../../test/wire/equal-facts.ts";
import { authoritiesFile } from "../notify/channel-sections.ts";
import type { Config } from "./config.ts";
import { type LoadOptions, loadConfig, loadText } from "./load.ts";
import { formatProblem } from "./problems.ts";

const quiet = { file: "harbinger.yaml", explicit: true, environment: {} };

function load(text: string, options: Partial<LoadOptions> = {}): Config {
  const outcome = loadText(text, "harbinger.yaml", { ...quiet, ...options });
  assert.equal(
    outcome.kind,
    "config",
    outcome.kind === "invalid" ? outcome.problems.map(formatProblem).join("\n") : "",
  );
  assert.ok(outcome.kind === "config");
  return outcome.config;
}

function problems(text: string, options: Partial<LoadOptions> = {}): string[] {
  const outcome = loadText(text, "harbinger.yaml", { ...quiet, ...options });
  return outcome.kind === "invalid" ? outcome.problems.map(formatProblem) : [];
}

function warnings(text: string): string[] {
  return loadText(text, "harbinger.yaml", quiet).warnings.map(formatProblem);
}

const earlierFile = `# A file of the earlier tool
email:
  smtp_server: "smtp.gmail.com"
  smtp_port: 587
  use_tls: yes
  username: "someone@gmail.com"
  password: "an app password"
  from_address: "someone@gmail.com"

reports:
  save_to_file: True  # Save reports
  directory: "reports"

logging:
  level: warning
  file: "harbinger.log"

standalone:
  report_time: 14:30

port_ssh:
  port: 22
  label: "Network Security"
  port_label: "SSH"
  email: "security@company.com, admin@company.com"
  nmap_scan: "nmap -p {port} --open 192.168.1.0/24"
  post_command: "python post_command/port_check.py {host} {port} && nmap -sV -p {port} {host}"

port_custom:
  port: 8080
  label: "Development"
  port_label: 8080
  email: "devops@company.com"
  command: "python custom_scanner.py --port {port} --subnet 192.168.1.0/24"

port_dns:
  port: 53
  label: "Internal Monitoring"
  # No email: report-only
  nmap_scan: "nmap -p {port} --open 192.168.1.0/24"

port_unlabelled:
  port: "9092"
`;

describe("a file of the earlier tool", () => {
  test("loads unmodified", () => {
    const config = load(earlierFile);
    assert.deepEqual(mailSettings(config), {
      kind: "smtp",
      server: "smtp.gmail.com",
      port: 587,
      tls: "starttls",
      verify: "unless-local",
      credentials: { username: "someone@gmail.com", password: "an app password" },
      oauth2: undefined,
      fromAddress: "someone@gmail.com",
    });
    assert.deepEqual(config.reports, { saveToFile: true, directory: "reports", json: false, html: true });
    equalFacts(config.logging, { level: "warning", file: "harbinger.log", maxBytes: 1_000_000_000 });
    assert.deepEqual(config.standalone, { reportTime: { hour: 14, minute: 30 } });
    assert.deepEqual(config.store, { location: "sqlite:harbinger.db" });
    const [ssh, custom, dns, unlabelled] = config.watches;
    equalFacts(ssh, {
      name: "port_ssh",
      label: "Network Security",
      portLabel: "SSH",
      ports: [22],
      recipients: ["security@company.com", "admin@company.com"],
      scan: { engine: "nmap", commandLine: "nmap -p {port} --open 192.168.1.0/24", timeoutMs: 3_600_000 },
      postCommand: "python post_command/port_check.py {host} {port} && nmap -sV -p {port} {host}",
      checks: [],
      goneAfter: 2,
      reportOn: "always",
      reportStyle: "legacy",
    });
    assert.equal(custom?.portLabel, "8080");
    assert.deepEqual(custom?.scan, {
      engine: "command",
      commandLine: "python custom_scanner.py --port {port} --subnet 192.168.1.0/24",
      timeoutMs: 300_000,
    });
    assert.deepEqual(dns?.recipients, []);
    assert.equal(unlabelled?.label, "Port_9092");
    assert.deepEqual(unlabelled?.ports, [9092]);
    assert.deepEqual(unlabelled?.scan, { engine: "none" });
  });

  test("sends by a local command if configured", () => {
    const email = mailSettings(load("email: { use_local_mail: true, from_address: a@b.example }"));
    assert.deepEqual(email, { kind: "local", command: "mail", fromAddress: "a@b.example" });
  });

  test("scans with nmap if both nmap_scan and command are given, with a warning", () => {
    const text = "port_a: { port: 1, label: L, nmap_scan: n, command: c }";
    assert.equal(load(text).watches[0]?.scan.engine, "nmap");
    assert.deepEqual(warnings(text), [
      "harbinger.yaml:1:44: port_a.command: not used: nmap_scan is also given and takes precedence",
    ]);
  });

  test("may name recipients without an email section, with a warning", () => {
    assert.match(
      warnings("port_a: { port: 1, nmap_scan: n, email: a@b.example }").join(),
      /1:34: port_a.email: no mail/,
    );
  });

  test("may use the newer keys in a port section", () => {
    const text =
      "port_a: { port: 1, targets: [10.0.0.0/24], exclude: 10.0.0.9, schedule: '@hourly', gone_after: 5, checks: [tls] }";
    const [watch] = load(text).watches;
    assert.deepEqual(watch?.scan, { engine: "connect", targets: ["10.0.0.0/24"], exclude: ["10.0.0.9"] });
    assert.equal(watch?.schedule, "@hourly");
    assert.equal(watch?.goneAfter, 5);
    assert.equal(watch?.reportOn, "changes");
    assert.deepEqual(watch?.checks, ["tls"]);
  });
});

describe("an entry of watches", () => {
  const text = `
watches:
  lan-web:
    targets: [192.168.1.0/24, "fd00::10"]
    exclude: [192.168.1.13]
    ports: [80, 443, 8000-8002]
    label: Web Services
    email: [security@example.org, "Ann <ann@example.org>"]
    schedule: "*/15 * * * *"
    checks: [http, cert]
`;

  test("becomes the same watch as a port section", () => {
    equalFacts(load(text).watches, [
      {
        name: "lan-web",
        label: "Web Services",
        ports: [80, 443, 8000, 8001, 8002],
        recipients: ["security@example.org", "ann@example.org"],
        scan: { engine: "connect", targets: ["192.168.1.0/24", "fd00::10"], exclude: ["192.168.1.13"] },
        checks: ["http", "cert"],
        schedule: "*/15 * * * *",
        devices: true,
        goneAfter: 2,
        reportOn: "changes",
      },
    ]);
  });

  test("uses its name as its label", () => {
    assert.equal(load("watches: { lan: { targets: 10.0.0.1, ports: 22 } }").watches[0]?.label, "lan");
  });

  test("must have exactly one scan method", () => {
    assert.match(problems("watches: { a: { ports: 1 } }").join(), /1:12: watches.a: no scan method/);
    for (const name of [".", ".."])
      assert.match(
        problems(`watches: { "${name}": { targets: 10.0.0.1, ports: 1 } }`).join(),
        /a watch's name is not \. or \.\./,
      );
    assert.equal(problems("watches: { a: { ports: 1, exclude: 10.0.0.1, devices: true } }").length, 1);
    assert.match(problems("watches: { a: { ports: 1, targets: [::1], command: c } }").join(), /not both/);
    assert.match(problems("watches: { a: { ports: 1, nmap_scan: n, command: c } }").join(), /not both/);
  });

  test("cannot have the name of a port section", () => {
    const text = "port_a: {port: 1, command: c}\nwatches: {port_a: {ports: 1, command: c}}";
    assert.deepEqual(problems(text), ["harbinger.yaml:2:11: watches.port_a: a port_* section has this name already"]);
  });

  test("may set how often known hosts are checked again, but needs checks then", () => {
    const watchWith = (keys: string) => `watches: {a: {ports: 1, command: c, ${keys}}}`;
    assert.equal(load(watchWith("checks: tls, recheck: 1d12h")).watches[0]?.recheckMs, 129_600_000);
    assert.equal(load(watchWith("checks: tls")).watches[0]?.recheckMs, undefined);
    assert.equal(load("port_a: {port: 1, command: c, checks: tls, recheck: 1w}").watches[0]?.recheckMs, 604_800_000);
    const examples = 'expected a duration such as "6h", "1d" or "1w"';
    assert.deepEqual(problems(watchWith("checks: tls, recheck: daily")), [
      `harbinger.yaml:1:59: watches.a.recheck: ${examples}`,
    ]);
    assert.deepEqual(problems(watchWith("checks: tls, recheck: 0s")).length, 1);
    assert.deepEqual(problems(watchWith("recheck: 1d")), [
      "harbinger.yaml:1:46: watches.a.recheck: recheck needs checks to run again",
    ]);
  });

  test("may name only built-in checks, if they are known", () => {
    const known = { checkNames: ["http", "cert", "kafka"] };
    load(text, known);
    assert.deepEqual(problems("watches: {a: {ports: 1, command: c, checks: [http, kafak]}}", known), [
      'harbinger.yaml:1:52: watches.a.checks[1]: no check is named "kafak". Did you mean "kafka"?',
    ]);
  });
});

describe("errors", () => {
  test("name file, line, column, what was expected and the nearest right key, all at once", () => {
    const text = `email:
  smtp_sever: mail
  smtp_port: 99999
port_ssh:
  port: 70000
  emial: a@b
  schedule: "61 * * * *"
  targets: [10.0.0.300]
standalone:
  report_time: 25:00
  time_zone: Mars/Olympus
logging: { level: INF0 }
directory: x
prot_dns: { port: 53 }
`;
    assert.deepEqual(problems(text), [
      'harbinger.yaml:2:3: email.smtp_sever: unknown key. Did you mean "smtp_server"?',
      "harbinger.yaml:3:14: email.smtp_port: expected a port from 1 to 65535",
      "harbinger.yaml:5:9: port_ssh.port: expected a port from 1 to 65535",
      'harbinger.yaml:6:3: port_ssh.emial: unknown key. Did you mean "email"?',
      "harbinger.yaml:7:13: port_ssh.schedule: wrong cron expression: Invalid value for minute: 61",
      'harbinger.yaml:8:13: port_ssh.targets[0]: "10.0.0.300" is not an address, network, range, host name or @FILE',
      "harbinger.yaml:10:16: standalone.report_time: expected a time of day from 00:00 to 23:59",
      "harbinger.yaml:11:14: standalone.time_zone: unknown time zone; expected a name such as Europe/Berlin or UTC",
      "harbinger.yaml:12:19: logging.level: expected DEBUG, INFO, WARNING or ERROR",
      'harbinger.yaml:13:1: directory: unknown key. It belongs under "reports".',
      'harbinger.yaml:14:1: prot_dns: unknown key. Did you mean "port_dns"?',
    ]);
  });

  test("report a mail server with its port, or as a URL, with a remedy", () => {
    const of = (server: string) => problems(`email: { smtp_server: '${server}' }`);
    const both = "expected a name or an address alone: write smtp_server:";
    assert.deepEqual(of("localhost:25"), [
      `harbinger.yaml:1:23: email.smtp_server: ${both} localhost and smtp_port: 25`,
    ]);
    assert.deepEqual(of("[fd00::25]:587"), [
      `harbinger.yaml:1:23: email.smtp_server: ${both} fd00::25 and smtp_port: 587`,
    ]);
    assert.deepEqual(of("smtps://mx.example.org:465"), [
      `harbinger.yaml:1:23: email.smtp_server: ${both} mx.example.org and smtp_port: 465`,
    ]);
    assert.deepEqual(of("smtp://mx.example.org"), [
      "harbinger.yaml:1:23: email.smtp_server: expected a name or an address, such as smtp.example.org, not a URL",
    ]);
    for (const server of ["mx.example.org", "fd00::25", "::1", "192.168.1.2"]) assert.deepEqual(of(server), []);
  });

  test("report values of the wrong type with a remedy", () => {
    assert.deepEqual(problems("email: { smtp_server: m, username: 5, use_tls: 'true' }"), [
      "harbinger.yaml:1:36: email.username: expected text, found a number; put it in quotes",
      "harbinger.yaml:1:48: email.use_tls: expected true or false, found text; write it without quotes",
    ]);
    assert.deepEqual(problems("port_a: 22\nport_b:\n  label: x"), [
      "harbinger.yaml:1:9: port_a: expected a section with keys and values, found a number",
      "harbinger.yaml:2:1: port_b.port: missing; expected a number or text",
    ]);
    assert.deepEqual(problems("watches: { a: { ports: [22, 8-x], command: c } }"), [
      'harbinger.yaml:1:29: watches.a.ports[1]: "8-x": a port is a number from 1 to 65535, a range is FIRST-LAST',
    ]);
    assert.deepEqual(problems("port_a: { port: 1, command: c, email: 'a b@c' }"), [
      'harbinger.yaml:1:39: port_a.email: "a b@c" is not a mail address: it has a space in it; put a comma between two addresses',
    ]);
  });

  test("report an empty file and a file that is not a configuration", () => {
    assert.match(problems("").join(), /^harbinger.yaml:1:1: the file is empty; see "harbinger config init"$/);
    assert.match(problems("# nothing\n").join(), /empty/);
    assert.match(problems("- a").join(), /^harbinger.yaml:1:1: expected sections .* found a list$/);
    assert.match(problems("hello").join(), /found a single value/);
  });

  test("are limited in number", () => {
    const text = Array.from({ length: 500 }, (_, index) => `port_${index}: ${index}`).join("\n");
    const found = problems(text);
    assert.equal(found.length, 101);
    assert.match(found.at(-1) ?? "", /and 400 more$/);
  });

  test("report a misspelt key once, without its consequences", () => {
    assert.deepEqual(problems("watches: { lan: { target: 192.168.7.5, ports: 22 } }\ndevices: { leases: /x }\n"), [
      'harbinger.yaml:1:19: watches.lan.target: unknown key. Did you mean "targets"?',
      'harbinger.yaml:2:12: devices.leases: unknown key. Did you mean "lease_files"?',
    ]);
  });

  test("do not report a misspelt key as missing, nor the keys that need it", () => {
    assert.deepEqual(
      problems(`watches:
  lan: { target: 192.168.7.5, exclude: 192.168.7.1, devices: true, port: 22, check: [cert], recheck: 1d }
listeners: { decoy: { port: 22 } }
`),
      [
        'harbinger.yaml:2:10: watches.lan.target: unknown key. Did you mean "targets"?',
        'harbinger.yaml:2:68: watches.lan.port: unknown key. Did you mean "ports"?',
        'harbinger.yaml:2:78: watches.lan.check: unknown key. Did you mean "checks"?',
        'harbinger.yaml:3:23: listeners.decoy.port: unknown key. Did you mean "ports"?',
      ],
    );
  });

  test("report a wrong value once, although it fails several checks", () => {
    for (const [text, ...expected] of [
      ["listeners: { decoy: { ports: [99999] } }", "1:31: listeners.decoy.ports[0]: expected a port from 1 to 65535"],
      [
        "listeners: { decoy: { ports: [0, 22, abc] } }",
        "1:31: listeners.decoy.ports[0]: expected a port from 1 to 65535",
        '1:38: listeners.decoy.ports[2]: "abc": a port is a number from 1 to 65535, a range is FIRST-LAST',
      ],
      ['store: ""', "1:1: store: expected some text"],
      ["logging: { connections: [] }", "1:12: logging.connections: expected text, found a list"],
      [
        "notify: { ntfy: { topic: a, tags: abcdefghijklmnopqrstuvwxyz } }",
        "1:35: notify.ntfy.tags: expected a list, found text",
      ],
    ]) {
      assert.deepEqual(
        problems(`${text}\n`),
        expected.map((problem) => `harbinger.yaml:${problem}`),
      );
    }
  });

  test("warn about a target with too many addresses to scan", () => {
    assert.deepEqual(
      warnings('watches: { lan: { targets: ["fd00::/64", "fd00:1::/112", 10.0.0.0/8], ports: 22 } }\n'),
      [
        'harbinger.yaml:1:19: watches.lan.targets: "fd00::/64" has too many addresses to scan: list its hosts, or networks of /112 and smaller',
      ],
    );
  });

  test("warn about a network that is given by an address in it", () => {
    assert.deepEqual(
      warnings("watches: { lan: { targets: [192.168.7.5/24, 10.0.0.0/8, 10.1.1.1/32], ports: 22 } }\n"),
      [
        'harbinger.yaml:1:19: watches.lan.targets: "192.168.7.5/24" means the network 192.168.7.0/24; write that, or 192.168.7.5 for the single address',
      ],
    );
  });

  test("do not report keys for anchors", () => {
    const text = "x-lan: &lan { targets: [10.0.0.0/24] }\nwatches: { a: { <<: *lan, ports: 22 } }";
    assert.equal(load(text).watches.length, 1);
  });

  test("warn about a placeholder that is not filled in, and ignore other braces of the shell", () => {
    const text = "port_a: { port: 1, command: 'scan {prot} {HOME} {print}', post_command: 'x {hosts}' }";
    const found = warnings(text);
    assert.equal(found.length, 2);
    assert.match(found[0] ?? "", /\{prot\} is not a placeholder here: use \{port\}$/);
    assert.match(found[1] ?? "", /\{hosts\} is not a placeholder here: use \{host\} and \{port\}$/);
  });
});

describe("warnings about the login", () => {
  const port = "port_a: { port: 1, command: c }\n";
  const messages = (email: string) => warnings(`${port}email: { smtp_server: m, ${email} }`).join("\n");

  test("report a user name or a password alone", () => {
    assert.match(messages("username: u"), /email.username: there is no password .*HARBINGER_EMAIL_PASSWORD/);
    assert.match(messages("password: p"), /email.password: there is no username/);
    assert.equal(messages("username: u, password: p"), "");
  });

  test("report a password that is sent without encryption", () => {
    assert.match(
      messages("username: u, password: p, use_tls: no"),
      /email.use_tls: the password may cross .* unprotected/,
    );
    assert.match(messages("username: u, password: p, tls: opportunistic"), /email.tls: the password may cross/);
    assert.equal(messages("username: u, password: p, use_tls: no, smtp_port: 465"), "");
  });
});

describe("files and environment", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-config-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, content: string | Uint8Array) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const credentialsOf = (config: Config) => {
    const settings = mailSettings(config);
    return settings?.kind === "smtp" ? settings.credentials : undefined;
  };
  const passwordOf = (config: Config) => credentialsOf(config)?.password;
  const email = (rest: string) => `email: { smtp_server: m, username: u${rest} }`;

  test("no file gives a watch of this machine's own addresses", () => {
    const file = path.join(folder, "none.yaml");
    const outcome = loadConfig({ file, explicit: false, environment: {}, interfaces: {} });
    assert.ok(outcome.kind === "config");
    assert.equal(outcome.config.source, undefined);
    const [watch] = outcome.config.watches;
    assert.deepEqual(watch?.scan, { engine: "connect", targets: ["127.0.0.1", "::1"], exclude: [] });
    assert.deepEqual(outcome.warnings, []);
  });

  test("a file that another user left in a world-writable folder is read only if it is named", {
    skip: process.getuid?.() !== 0 && "needs root to give a file away",
  }, () => {
    const file = write("shared/harbinger.yaml", "watches: {}");
    const read = (options: Partial<LoadOptions> = {}) => {
      const outcome = loadConfig({ file, explicit: false, environment: {}, ...options });
      return outcome.kind === "config" ? "read" : outcome.problems.map(({ message }) => message).join();
    };
    chownSync(file, 65_534, 65_534);
    assert.equal(read(), "read");
    chmodSync(path.dirname(file), 0o1777);
    assert.match(read(), /another user \(user id 65534\) created this file in a world-writable folder/);
    assert.equal(read({ explicit: true }), "read");
    chownSync(file, 0, 0);
    assert.equal(read(), "read");
  });

  test("an inaccessible folder is reported as the reason", {
    skip: process.getuid?.() !== 0 && "needs root to be another user",
  }, () => {
    const file = write("closed/harbinger.yaml", "watches: {}");
    chmodSync(path.dirname(file), 0o700);
    chmodSync(folder, 0o755);
    process.seteuid?.(65_534);
    try {
      const outcome = loadConfig({ file, explicit: false, environment: {} });
      assert.ok(outcome.kind === "invalid");
      assert.deepEqual(outcome.problems.map(formatProblem), [
        `${file}: cannot be read: user id 65534 has no access to the folder ${path.dirname(file)}`,
      ]);
    } finally {
      process.seteuid?.(0);
    }
  });

  test("a named file must exist", () => {
    const file = path.join(folder, "none.yaml");
    const outcome = loadConfig({ file, explicit: true, environment: {} });
    assert.ok(outcome.kind === "invalid");
    assert.deepEqual(outcome.problems.map(formatProblem), [
      `${file}: no such file; "harbinger config init" writes one to start with`,
    ]);
  });

  test("a folder and a file in another encoding have their own messages", () => {
    const messages = (file: string) => {
      const outcome = loadConfig({ file, explicit: true, environment: {} });
      return outcome.kind === "invalid" ? outcome.problems.map(formatProblem).join() : "";
    };
    assert.match(messages(folder), /cannot be read: it is a folder/);
    assert.match(
      messages(write("latin1.yaml", Buffer.from("a: 1\nb: M\xfcller", "latin1"))),
      /:2:1: is not UTF-8 text/,
    );
    assert.match(messages(write("utf16.yaml", Buffer.from("\ufeffa: 1", "utf16le"))), /is not UTF-8 text/);
  });

  test("a secret comes from the file, then from its *_file beside the configuration, then from the environment", () => {
    write("conf/secret", "from file\r\n");
    const environment = { HARBINGER_EMAIL_PASSWORD: "from environment" };
    const read = (text: string) => {
      const outcome = loadConfig({ file: write("conf/h.yaml", text), explicit: true, environment });
      assert.ok(outcome.kind === "config");
      return passwordOf(outcome.config);
    };
    assert.equal(read(email(", password: written")), "written");
    assert.equal(read(email(", password_file: secret")), "from file");
    assert.equal(read(email("")), "from environment");
  });

  test("a secret may come from systemd's credentials folder", () => {
    const folder = path.dirname(write("credentials/smtp", "from systemd\n"));
    for (const name of ["$CREDENTIALS_DIRECTORY/smtp", `\${CREDENTIALS_DIRECTORY}/smtp`]) {
      const text = email(`, password_file: "${name}"`);
      const file = write("conf/credential.yaml", text);
      const outcome = loadConfig({ file, explicit: true, environment: { CREDENTIALS_DIRECTORY: folder } });
      assert.ok(outcome.kind === "config");
      assert.equal(passwordOf(outcome.config), "from systemd");
      const elsewhere = loadConfig({ file, explicit: true, environment: {} });
      assert.ok(elsewhere.kind === "invalid");
      assert.match(elsewhere.problems[0]?.message ?? "", /^CREDENTIALS_DIRECTORY is not set: /);
    }
  });

  test("the user name may come from the environment, which never adds a section", () => {
    const environment = { HARBINGER_EMAIL_USERNAME: "u", HARBINGER_EMAIL_PASSWORD: "p" };
    const config = load("email: { smtp_server: m }", { environment });
    assert.deepEqual(credentialsOf(config), { username: "u", password: "p" });
    assert.equal(mailSettings(load("port_a: { port: 1, command: c }", { environment })), undefined);
  });

  test("a secret that is set twice, or whose file is missing or empty, is an error at its key", () => {
    write("empty", "\n");
    const messages = (text: string) => {
      const outcome = loadConfig({ file: write("s.yaml", text), explicit: true, environment: {} });
      return outcome.kind === "invalid" ? outcome.problems.map((problem) => problem.message).join() : "";
    };
    assert.equal(messages(email(", password: a, password_file: empty")), "give either password or password_file");
    assert.equal(messages(email(", password_file: missing")), 'cannot read "missing" (ENOENT)');
    assert.equal(messages(email(", password_file: empty")), '"empty" is empty');
    assert.equal(messages(email(", password_file: 5")), "expected the name of a file");
  });

  test("a secret that cannot be read is one error, without a warning that it is missing", () => {
    const [broken, absent] = [
      "email: { smtp_server: m, username: u, password_file: none }",
      "email: { smtp_server: m, username: u }",
    ];
    const [error, warning] = [broken, absent].map((text) =>
      loadConfig({
        file: write("s.yaml", `${text}\nport_a: { port: 1, command: c }\n`),
        explicit: true,
        environment: {},
      }),
    );
    assert.ok(error?.kind === "invalid");
    assert.deepEqual(
      error.problems.map((problem) => problem.path),
      ["email.password_file"],
    );
    assert.deepEqual(error.warnings, []);
    assert.deepEqual(
      warning?.warnings.map((problem) => problem.path),
      ["email.username"],
    );
  });

  test("the store's password comes from the environment and stays out of its URL", () => {
    const environment = { HARBINGER_STORE_PASSWORD: "p@ss/w" };
    const text = "store: { location: 'postgres://u@db.example/h' }\nport_a: { port: 1, command: c }";
    assert.deepEqual(load(text, { environment }).store, { location: "postgres://u@db.example/h", password: "p@ss/w" });
  });

  test("the environment overrides the store and the log level, and is named in errors", () => {
    const text = "port_a: { port: 1, command: c }\nlogging: { level: ERROR }";
    const environment = { HARBINGER_LOG_LEVEL: "debug", HARBINGER_STORE: "sqlite:/tmp/x.db" };
    const config = load(text, { environment });
    assert.equal(config.logging.level, "debug");
    assert.equal(config.store.location, "sqlite:/tmp/x.db");
    assert.deepEqual(problems(text, { environment: { HARBINGER_LOG_LEVEL: "loud" } }), [
      "environment: HARBINGER_LOG_LEVEL: expected DEBUG, INFO, WARNING or ERROR",
    ]);
  });

  test("lists of targets and certificate authorities are looked up beside the configuration", () => {
    write("lists/hosts.txt", "10.0.0.1\n");
    const text = "email: { smtp_server: m, ca_file: ca.pem }\nwatches: { a: { ports: 1, targets: '@hosts.txt' } }";
    const file = write("lists/h.yaml", text);
    const broken = loadConfig({ file, explicit: true, environment: {} });
    assert.ok(broken.kind === "invalid");
    assert.deepEqual(
      broken.problems.map((problem) => problem.path),
      ["email.ca_file"],
    );
    write("lists/ca.pem", "");
    const outcome = loadConfig({ file, explicit: true, environment: {} });
    assert.ok(outcome.kind === "config");
    assert.deepEqual(outcome.warnings, []);
    const [watch] = outcome.config.watches;
    assert.deepEqual(watch?.scan.targets, [`@${path.join(folder, "lists/hosts.txt")}`]);
    const [mail] = outcome.config.channels;
    assert.equal(mail && authoritiesFile(mail.section), path.join(folder, "lists/ca.pem"));
  });
});

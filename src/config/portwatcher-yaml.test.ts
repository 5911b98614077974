import assert from "node:assert/strict";
import { test } from "node:test";
import { mailSettings } from "../../test/config/mail-settings.ts";
import { portwatcherYaml } from "../compat/portwatcher/yaml.ts";
import { loadText } from "./load.ts";
import { readPortwatcherEnvironment } from "./portwatcher-environment.ts";

function read(environment: Readonly<Record<string, string>>) {
  const outcome = readPortwatcherEnvironment(environment, { readFile: () => Buffer.from("secret") });
  assert.ok(outcome.kind === "settings");
  return outcome.settings;
}

function load(text: string, environment: Readonly<Record<string, string>> = {}) {
  const outcome = loadText(text, "harbinger.yaml", {
    file: undefined,
    explicit: true,
    environment,
    readFile: () => Buffer.from("secret"),
  });
  assert.deepEqual(outcome.kind === "invalid" ? outcome.problems : [], []);
  assert.ok(outcome.kind === "config");
  return outcome.config;
}

const environment = {
  PW_HOST: "127.0.0.1",
  PW_PORT: "2222",
  PW_MAX_CONCURRENCY: "20",
  PW_BANNER: "220 ready",
  PW_SMTP_SERVER: "mx.example.org",
  PW_SMTP_PORT: "25",
  PW_SMTP_USER: "user@example.org",
  PW_SMTP_PASS_FILE: "/run/secrets/smtp_pass",
  PW_MAIL_FROM: "portwatch@example.org",
  PW_MAIL_TO: "you@example.org,me@example.org",
  PW_NTFY_TOPIC: "a-topic",
  PW_NTFY_PRIORITY: "high",
  PW_RL_COOLDOWN_S: "60",
  PW_NOTIFY_IGNORE_CIDRS: "172.24.0.0/16,::1/128",
  PW_TZ: "Europe/Paris",
  PW_PAYLOAD_MODE: "hex",
  PW_IPAPI_ENABLE: "1",
  PW_TLS_JA3: "1",
};

test("the file has the same effect as the environment", () => {
  const settings = read(environment);
  const { text, notes } = portwatcherYaml(settings, { passwordFile: "/run/secrets/smtp_pass" });
  assert.deepEqual(notes, []);
  assert.doesNotMatch(text, /secret$/m);
  const config = load(text);
  const [listener] = config.listeners;
  const { ignore: _, ...capture } = settings.listener;
  assert.deepEqual(
    definedIn({ ...listener, capture: definedIn({ ...listener?.capture }), ignore: undefined }),
    definedIn({ ...capture, ignore: undefined }),
  );
  const { text: look, notify, ...rules } = config.alerts;
  const { text: classic, ...wanted } = settings.alerts;
  // Ignoring loopback includes this machine's other addresses.
  assert.deepEqual(rules, { ...wanted, ignore: { ...wanted.ignore, thisMachine: true } });
  assert.equal(notify?.join(), "ntfy");
  // The layout of alerts is the current one; their content is the same.
  assert.deepEqual(look, classic);
  assert.equal(config.enrich.rdns.enabled, settings.enrich.rdns.enabled);
  assert.deepEqual(config.enrich.ipApi, { ...config.enrich.ipApi, ...settings.enrich.ipApi });
  const email = mailSettings(config);
  assert.deepEqual(email, {
    ...email,
    ...settings.mail?.server,
    verify: email?.kind === "smtp" ? email.verify : undefined,
  });
});

test("a password in the environment is not written to the file, and a note reports that", () => {
  const { PW_SMTP_PASS_FILE: _, ...rest } = environment;
  const { text, notes } = portwatcherYaml(read({ ...rest, PW_SMTP_PASS: "hunter2-hunter2" }), {
    passwordFile: undefined,
  });
  assert.doesNotMatch(text, /hunter2/);
  assert.match(notes.join(), /HARBINGER_EMAIL_PASSWORD/);
  const email = mailSettings(load(text, { HARBINGER_EMAIL_PASSWORD: "hunter2-hunter2" }));
  assert.deepEqual(email?.kind === "smtp" && email.credentials, {
    username: "user@example.org",
    password: "hunter2-hunter2",
  });
});

test("the defaults alone make a file that loads", () => {
  const { text } = portwatcherYaml(read({}), { passwordFile: undefined });
  assert.deepEqual(load(text).listeners[0]?.ports, [1417]);
});

/** An absent key and one that is `undefined` mean the same. */
function definedIn(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
